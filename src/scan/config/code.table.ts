// Names of Python's that configurations may name, and what is known of them.

/** Packages whose classes Hydra, NeMo, diffusers and sentence-transformers are meant to make; after their own example configurations. */
export const MADE_PACKAGES: ReadonlySet<string> = new Set(
  "nemo torch torchvision torchaudio pytorch_lightning lightning transformers diffusers megatron omegaconf sentence_transformers timm onnxruntime accelerate peft stable_diffusion librosa".split(
    " ",
  ),
);

/** In those packages: what runs code, reads files or reaches the network when it is called. */
export const RUNNING_NAMES =
  /^(?:torch\.(?:load|hub\.|jit\.load|package|classes\.load|ops\.load|utils\.(?:cpp_extension|model_zoo)|serialization\.)|transformers\..*(?:from_pretrained|dynamic_module_utils)|nemo\.utils\.(?:model_utils\.import_class|get_rank)|omegaconf\.OmegaConf\.register)/u;

/** Attention that transformers has itself (masking_utils.py and modeling_utils.py of transformers 4.56; from memory, unverified). */
export const ATTENTIONS: ReadonlySet<string> = new Set([
  "eager",
  "sdpa",
  "flash_attention_2",
  "flash_attention_3",
  "flash_attention_4",
  "flex_attention",
  "paged_attention",
  "sdpa_paged",
  "eager_paged",
  "paged|eager",
  "paged|sdpa",
  "paged|flash_attention_2",
]);

/** Hydra's own that hand over any function by its name. */
export const HANDING_NAMES =
  /^(?:hydra\.(?:utils|_internal)\.|hydra\.utils\.(?:get_method|get_class|get_object|call|instantiate)|pydoc\.locate|importlib\.|operator\.|functools\.|builtins\.|numpy\.testing|types\.)/u;
