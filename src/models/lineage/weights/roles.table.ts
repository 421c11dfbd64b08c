/** What a tensor does, the same for every container. Vectors of the residual stream's width are norms. */
export const NORM_ROLES = ["attn_norm", "ffn_norm", "attn_post_norm", "ffn_post_norm", "final_norm"] as const;
export const MATRIX_ROLES = ["attn_v", "ffn_up", "ffn_gate"] as const;
export type NormRole = (typeof NORM_ROLES)[number];
export type MatrixRole = (typeof MATRIX_ROLES)[number];
export type Role = NormRole | MatrixRole | "embedding";

/**
 * The end of a tensor's name behind its layer -> its role. First GGUF's names (gguf-py/gguf/tensor_mapping.py of ggml-org/llama.cpp), then
 * Hugging Face's (from memory of transformers' models, unverified beyond Llama, Qwen2, Gemma and Mistral). Rows of every matrix here run
 * over the residual stream, so transposed ones (GPT-2's Conv1D), fused ones and experts are not in it.
 */
export const LAYER_ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ["attn_norm.weight", "attn_norm"],
  ["ffn_norm.weight", "ffn_norm"],
  ["post_attention_norm.weight", "attn_post_norm"],
  ["post_ffw_norm.weight", "ffn_post_norm"],
  ["attn_v.weight", "attn_v"],
  ["ffn_up.weight", "ffn_up"],
  ["ffn_gate.weight", "ffn_gate"],
  ["input_layernorm.weight", "attn_norm"],
  ["post_attention_layernorm.weight", "ffn_norm"],
  ["pre_feedforward_layernorm.weight", "ffn_norm"],
  ["post_feedforward_layernorm.weight", "ffn_post_norm"],
  ["ln_1.weight", "attn_norm"],
  ["ln_2.weight", "ffn_norm"],
  ["attention_norm.weight", "attn_norm"],
  ["self_attn.v_proj.weight", "attn_v"],
  ["self_attention.v_proj.weight", "attn_v"],
  ["attention.wv.weight", "attn_v"],
  ["mlp.up_proj.weight", "ffn_up"],
  ["mlp.gate_proj.weight", "ffn_gate"],
  ["mlp.fc1.weight", "ffn_up"],
  ["mlp.c_fc.weight", "ffn_up"],
  ["mlp.dense_h_to_4h.weight", "ffn_up"],
  ["feed_forward.w3.weight", "ffn_up"],
  ["feed_forward.w1.weight", "ffn_gate"],
]);

/** Tensors outside of the layers; behind any prefix such as `model.` or `language_model.model.`. */
export const OUTER_ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ["token_embd.weight", "embedding"],
  ["output_norm.weight", "final_norm"],
  ["embed_tokens.weight", "embedding"],
  ["tok_embeddings.weight", "embedding"],
  ["wte.weight", "embedding"],
  ["embed_in.weight", "embedding"],
  ["word_embeddings.weight", "embedding"],
  ["norm.weight", "final_norm"],
  ["ln_f.weight", "final_norm"],
  ["final_layer_norm.weight", "final_norm"],
  ["final_layernorm.weight", "final_norm"],
]);

/** Towers for pictures and sound have layers of their own; lineage is that of the language model. */
export const OTHER_TOWERS = /(?:^|\.)(?:vision|visual|audio|encoder)(?:_[a-z]+)?\.|^(?:v|mm|a)\./;
export const LAYER = /^(?:.*\.)?(?:layers|h|blk|blocks)\.(?<layer>\d{1,5})\.(?<rest>.+)$/;
