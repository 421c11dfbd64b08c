import type { Finding } from "../finding.ts";

export interface Reaching {
  readonly verdict: Finding["verdict"];
  /** As the end of a sentence. */
  readonly does: string;
}

const of = (verdict: Finding["verdict"], does: string): Reaching => ({ verdict, does });

/**
 * Operators of PyTorch and its own libraries that reach out of the model, as `namespace.name`. Of PyTorch: native_functions.yaml
 * (`from_file`) and torch/csrc/jit/runtime/register_prim_ops*.cpp (`save`, `rpc_*`); of torchvision: csrc/io/image; of torchaudio:
 * its `sox_io` operators.
 */
export const REACHING: ReadonlyMap<string, Reaching> = new Map([
  ["aten.save", of("malicious", "writes a file")],
  ["aten.from_file", of("malicious", "maps a file of the machine into memory, and may write it")],
  ["aten.load", of("malicious", "unpickles a file of the machine")],
  ["image.read_file", of("suspicious", "reads a file")],
  ["image.write_file", of("malicious", "writes a file")],
  ["video_reader.*", of("suspicious", "reads a file")],
  ["torchaudio.sox_io_load_audio_file", of("suspicious", "reads a file")],
  ["torchaudio.sox_io_save_audio_file", of("malicious", "writes a file")],
  ["torchaudio.sox_effects_apply_effects_file", of("suspicious", "reads a file")],
  ["rpc.*", of("malicious", "calls another machine")],
  ["aten.rpc_async", of("malicious", "calls another machine")],
  ["aten.rpc_sync", of("malicious", "calls another machine")],
  ["aten.rpc_remote", of("malicious", "calls another machine")],
  ["c10d.*", of("suspicious", "speaks to other machines")],
  ["_c10d_functional.*", of("suspicious", "speaks to other machines")],
  ["tensorrt.execute_engine", of("suspicious", "runs a compiled engine, which nothing here can look into")],
]);

/** Namespaces of operators that come with PyTorch, torchvision, torchaudio and torchtext. */
export const KNOWN_NAMESPACES: ReadonlySet<string> = new Set(
  `aten prim prims primexpr quantized _quantized sparse mkldnn mkldnn_prepacked prepacked xnnpack metal metal_prepacked vulkan
  vulkan_prepack cuda cudnn onednn inductor profiler static_runtime higher_order quantized_decomposed torchvision image
  torchaudio torchtext fb mobile mkl nnapi tensorexpr backends _caffe2 streaming script debugprims rngprims`.split(
    /\s+/u,
  ),
);
