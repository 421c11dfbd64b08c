/** Domains of operations that are part of ONNX itself, or built into ONNX Runtime (its docs/ContribOperators.md and constants.h). */
export const KNOWN_DOMAINS: ReadonlySet<string> = new Set([
  "",
  "ai.onnx",
  "ai.onnx.ml",
  "ai.onnx.training",
  "ai.onnx.preview",
  "ai.onnx.preview.training",
  "com.microsoft",
  "com.microsoft.nchwc",
  "com.microsoft.dml",
  "com.microsoft.experimental",
  "com.ms.internal.nhwc",
]);

/** Operations that run code which is not in the model's graph, whatever domain is theirs. */
export const RUNNING: ReadonlyMap<string, string> = new Map([
  ["PythonOp", "calls a function of Python by its name (ONNX Runtime's training)"],
  ["PythonOpGrad", "calls a function of Python by its name (ONNX Runtime's training)"],
  ["PyOp", "runs a function of Python (ONNX Runtime built with language interoperation)"],
  ["PyCustomOp", "runs a function of Python (onnxruntime-extensions)"],
  ["ATen", "calls any operator of PyTorch by its name"],
  ["ATenOp", "calls any operator of PyTorch by its name"],
  ["ExternalStream", "runs code that is handed in beside the model"],
]);

/** Operations of ONNX Runtime that load a compiled engine or program for one accelerator, in the model or beside it. */
export const LOADING: ReadonlyMap<string, string> = new Map([
  ["EPContext", "loads a compiled engine, which nothing here can look into"],
  ["Snpe", "loads a compiled container for an accelerator"],
  ["TRTEngineOp", "loads a compiled engine of TensorRT"],
]);
