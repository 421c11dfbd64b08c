import type { ArgumentRule } from "./rules.ts";

/**
 * What may be done with a name: `value` only stands for something; `call` and `new` make something of it; the others change
 * what was made.
 */
export type Use = "value" | "call" | "new" | "build" | "append" | "items" | "add";

export interface Allowed {
  readonly module: string;
  readonly names: readonly string[];
  /** Being imported is always among them. */
  readonly uses: readonly Use[];
  readonly args: ArgumentRule;
  /** Why a model needs it, and why it harms nobody. */
  readonly why: string;
}

interface Row {
  readonly uses?: readonly Use[];
  readonly args?: ArgumentRule;
  readonly why: string;
}

const row = (module: string, names: string, { uses = ["call"], args = "any", why }: Row): Allowed => ({
  module,
  names: names.split(" "),
  uses,
  args,
  why,
});

const OBJECT: readonly Use[] = ["call", "new", "build"];
const INSTANCE: readonly Use[] = ["new", "build"];

/** By the names of Python 3 and of NumPy 2; `MODULE_NAMES` turns older ones into them. */
export const ALLOWED: readonly Allowed[] = [
  row("builtins", "set frozenset list tuple dict", {
    uses: ["call", "new", "append", "items", "add"],
    args: "literal",
    why: "plain containers: protocols 0 to 3 have no opcode for sets, and subclasses name their base",
  }),
  row("builtins", "int float complex bool str slice range", {
    args: "literal",
    why: "plain values that have no opcode of their own",
  }),
  row("builtins", "bytes bytearray", { args: "bytes", why: "bytes; a length of many takes memory" }),
  row("builtins", "object Ellipsis NotImplemented", {
    uses: ["value", "new"],
    why: "the base of a class and two constants",
  }),
  row("copyreg", "_reconstructor", {
    args: "reconstructor",
    why: "how protocols 0 and 1 make an object of a class; judged as NEWOBJ of that class",
  }),
  row("copyreg", "__newobj__ __newobj_ex__", {
    args: "newobj",
    why: "how pickle makes an object of a class; judged as NEWOBJ of that class",
  }),
  row("__torch__", "*", {
    uses: OBJECT,
    why: "a class of TorchScript: its code is in the archive and is looked at there; Python has no such module",
  }),
  row(
    "torch.jit._pickle",
    "build_intlist build_tensorlist build_doublelist build_boollist restore_type_tag",
    {
      why: "lists of TorchScript with the type of what is in them (torch/jit/_pickle.py)",
    },
  ),
  row("_codecs", "encode", {
    args: "latin1",
    why: "how protocols 0 to 2 write bytes: text in Latin-1, no other codec",
  }),
  row("collections", "OrderedDict", {
    uses: [...OBJECT, "items"],
    args: "literal",
    why: "every state dict of PyTorch is one",
  }),
  row("collections", "Counter", {
    uses: [...OBJECT, "items"],
    args: "literal",
    why: "counts of vocabularies and optimisers",
  }),
  row("collections", "deque", { uses: [...OBJECT, "append"], args: "literal", why: "histories of training" }),
  row("collections", "defaultdict", {
    uses: ["call", "new", "items"],
    args: "factory",
    why: "optimisers' state; its factory is called later, so only a plain container's class or number's may be",
  }),
  row("datetime", "datetime date time timedelta timezone", {
    uses: ["call", "new"],
    args: "literal",
    why: "when it was trained",
  }),
  row("decimal", "Decimal", { args: "literal", why: "exact numbers" }),
  row("fractions", "Fraction", { args: "ratio", why: "exact numbers; no exponent, which takes memory" }),
  row("uuid", "UUID SafeUUID", { uses: OBJECT, why: "identifiers of runs" }),
  row("pathlib", "PurePath PurePosixPath PureWindowsPath Path PosixPath WindowsPath", {
    args: "literal",
    why: "paths in training arguments; a path that is made opens nothing",
  }),
  row("pathlib._local", "PurePath PurePosixPath PureWindowsPath Path PosixPath WindowsPath", {
    args: "literal",
    why: "the same as Python 3.13 calls them",
  }),
  row("argparse", "Namespace", { uses: OBJECT, args: "none", why: "training arguments of many checkpoints" }),
  row("types", "SimpleNamespace", { uses: OBJECT, args: "none", why: "training arguments" }),
  row(
    "torch",
    "FloatStorage DoubleStorage HalfStorage BFloat16Storage LongStorage IntStorage ShortStorage CharStorage",
    {
      uses: ["value"],
      why: "the type of a tensor's storage, in its persistent id",
    },
  ),
  row(
    "torch",
    "ByteStorage BoolStorage ComplexFloatStorage ComplexDoubleStorage QUInt8Storage QInt8Storage QInt32Storage",
    {
      uses: ["value"],
      why: "the type of a tensor's storage, in its persistent id",
    },
  ),
  row("torch", "QUInt4x2Storage QUInt2x4Storage UntypedStorage", {
    uses: ["value"],
    why: "the type of a tensor's storage",
  }),
  row(
    "torch.cuda",
    "FloatStorage DoubleStorage HalfStorage BFloat16Storage LongStorage IntStorage ShortStorage CharStorage ByteStorage BoolStorage",
    {
      uses: ["value"],
      why: "the type of a tensor's storage on a GPU",
    },
  ),
  row("torch.storage", "UntypedStorage TypedStorage", {
    uses: ["value"],
    why: "the type of a tensor's storage",
  }),
  row(
    "torch",
    "float16 float32 float64 bfloat16 float half double int8 int16 int32 int64 uint8 uint16 uint32 uint64 short int long bool",
    {
      uses: ["value"],
      why: "a tensor's type of numbers",
    },
  ),
  row(
    "torch",
    "complex32 complex64 complex128 cfloat cdouble chalf quint8 qint8 qint32 quint4x2 quint2x4 float8_e4m3fn float8_e5m2",
    {
      uses: ["value"],
      why: "a tensor's type of numbers",
    },
  ),
  row("torch", "float8_e4m3fnuz float8_e5m2fnuz float8_e8m0fnu float4_e2m1fn_x2", {
    uses: ["value"],
    why: "a tensor's type of numbers",
  }),
  row(
    "torch",
    "strided sparse_coo sparse_csr sparse_csc sparse_bsr sparse_bsc jagged contiguous_format channels_last preserve_format",
    {
      uses: ["value"],
      why: "a tensor's layout in memory",
    },
  ),
  row("torch", "per_tensor_affine per_channel_affine per_tensor_symmetric per_channel_symmetric", {
    uses: ["value"],
    why: "how a tensor is quantised",
  }),
  row("torch", "device Size", { why: "where a tensor is and its shape: values" }),
  row("torch", "Tensor", { uses: ["new", "build"], why: "tensors of old versions" }),
  row("torch._tensor", "Tensor", { uses: ["new", "build"], why: "tensors of old versions" }),
  row("torch.serialization", "_get_layout", {
    args: "literal",
    why: "a layout by its name, looked up in a table",
  }),
  row(
    "torch._utils",
    "_rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter _rebuild_qtensor _rebuild_sparse_tensor",
    {
      why: "makes a tensor of a storage, an offset and a shape",
    },
  ),
  row(
    "torch._utils",
    "_rebuild_parameter_with_state _rebuild_meta_tensor_no_storage _rebuild_nested_tensor _rebuild_sparse_csr_tensor",
    {
      why: "makes a tensor of a storage, an offset and a shape",
    },
  ),
  row("torch._utils", "_rebuild_device_tensor_from_numpy _rebuild_device_tensor_from_cpu_tensor", {
    why: "makes a tensor of an array",
  }),
  row("torch._tensor", "_rebuild_from_type_v2", {
    args: "rebuild",
    why: "makes a subclass of a tensor; what it calls is judged by itself",
  }),
  row("torch.nn.parameter", "Parameter Buffer UninitializedParameter", {
    uses: ["value", "call", "new", "build"],
    why: "a parameter of a module",
  }),
  row("torch.nn", "Parameter", { uses: ["value", "call", "new", "build"], why: "a parameter of a module" }),
  row("torch._C", "_TensorBase", { uses: ["value"], why: "the base of tensors" }),
  row("numpy._core.multiarray", "_reconstruct", {
    args: "array",
    why: "an empty array, into which BUILD writes",
  }),
  row("numpy._core.multiarray", "scalar", { why: "one number of an array's type" }),
  row("numpy._core.numeric", "_frombuffer", { why: "an array of the bytes in the file (protocol 5)" }),
  row("numpy", "ndarray", { uses: ["value", "build"], why: "the class of arrays" }),
  row("numpy", "dtype", { uses: ["call", "build"], args: "literal", why: "an array's type of numbers" }),
  row("numpy", "matrix recarray record", { uses: ["value", "build"], why: "arrays of another shape" }),
  row(
    "numpy",
    "bool bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128 longdouble",
    {
      uses: ["value", "call"],
      args: "literal",
      why: "numbers of an array",
    },
  ),
  row("numpy", "str_ bytes_ void object_ datetime64 timedelta64 intp uintp", {
    uses: ["value"],
    why: "types of an array",
  }),
  row(
    "numpy.dtypes",
    "Float16DType Float32DType Float64DType Int8DType Int16DType Int32DType Int64DType UInt8DType UInt16DType UInt32DType UInt64DType BoolDType",
    {
      uses: ["value", "call", "build"],
      args: "none",
      why: "an array's type of numbers (NumPy 1.25 and later)",
    },
  ),
  row("numpy.random._pickle", "__randomstate_ctor __generator_ctor __bit_generator_ctor", {
    args: "literal",
    why: "the state of a random generator in estimators",
  }),
  row("numpy.ma.core", "_mareconstruct MaskedArray", {
    uses: ["value", "call", "build"],
    args: "array",
    why: "an array with a mask",
  }),
  row("scipy.sparse._csr", "csr_matrix csr_array", { uses: INSTANCE, why: "sparse weights" }),
  row("scipy.sparse.csr", "csr_matrix", { uses: INSTANCE, why: "sparse weights" }),
  row("scipy.sparse._csc", "csc_matrix csc_array", { uses: INSTANCE, why: "sparse weights" }),
  row("scipy.sparse.csc", "csc_matrix", { uses: INSTANCE, why: "sparse weights" }),
  row("joblib.numpy_pickle", "NumpyArrayWrapper", {
    uses: INSTANCE,
    why: "where joblib keeps an array, whose bytes follow",
  }),
  row("sklearn.tree._tree", "Tree", { uses: ["call", "build"], why: "a decision tree of arrays" }),
  row("sklearn.linear_model._logistic", "LogisticRegression LogisticRegressionCV", {
    uses: INSTANCE,
    why: "an estimator: arrays and settings",
  }),
  row("sklearn.linear_model._base", "LinearRegression", {
    uses: INSTANCE,
    why: "an estimator: arrays and settings",
  }),
  row("sklearn.linear_model._ridge", "Ridge RidgeClassifier", {
    uses: INSTANCE,
    why: "an estimator: arrays and settings",
  }),
  row("sklearn.linear_model._coordinate_descent", "Lasso ElasticNet", {
    uses: INSTANCE,
    why: "an estimator: arrays and settings",
  }),
  row("sklearn.linear_model._stochastic_gradient", "SGDClassifier SGDRegressor", {
    uses: INSTANCE,
    why: "an estimator: arrays and settings",
  }),
  row(
    "sklearn.ensemble._forest",
    "RandomForestClassifier RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor",
    {
      uses: INSTANCE,
      why: "an estimator: trees",
    },
  ),
  row("sklearn.ensemble._gb", "GradientBoostingClassifier GradientBoostingRegressor", {
    uses: INSTANCE,
    why: "an estimator: trees",
  }),
  row(
    "sklearn.tree._classes",
    "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor",
    {
      uses: INSTANCE,
      why: "an estimator: a tree",
    },
  ),
  row("sklearn.svm._classes", "SVC SVR LinearSVC LinearSVR OneClassSVM", {
    uses: INSTANCE,
    why: "an estimator: arrays and settings",
  }),
  row("sklearn.neighbors._classification", "KNeighborsClassifier", {
    uses: INSTANCE,
    why: "an estimator: arrays and settings",
  }),
  row("sklearn.cluster._kmeans", "KMeans MiniBatchKMeans", {
    uses: INSTANCE,
    why: "an estimator: arrays and settings",
  }),
  row("sklearn.decomposition._pca", "PCA", { uses: INSTANCE, why: "an estimator: arrays and settings" }),
  row("sklearn.naive_bayes", "GaussianNB MultinomialNB BernoulliNB", {
    uses: INSTANCE,
    why: "an estimator: arrays and settings",
  }),
  row("sklearn.preprocessing._data", "StandardScaler MinMaxScaler RobustScaler MaxAbsScaler Normalizer", {
    uses: INSTANCE,
    why: "scaling by arrays",
  }),
  row("sklearn.preprocessing._label", "LabelEncoder LabelBinarizer", { uses: INSTANCE, why: "labels" }),
  row("sklearn.preprocessing._encoders", "OneHotEncoder OrdinalEncoder", {
    uses: INSTANCE,
    why: "categories",
  }),
  row("sklearn.impute._base", "SimpleImputer", { uses: INSTANCE, why: "values for what is missing" }),
  row("sklearn.pipeline", "Pipeline FeatureUnion", { uses: INSTANCE, why: "estimators one after another" }),
  row("sklearn.compose._column_transformer", "ColumnTransformer", {
    uses: INSTANCE,
    why: "estimators side by side",
  }),
  row("xgboost.core", "Booster", {
    uses: INSTANCE,
    why: "trees, in XGBoost's own format, which BUILD reads",
  }),
  row("xgboost.sklearn", "XGBClassifier XGBRegressor XGBRanker XGBModel", {
    uses: INSTANCE,
    why: "an estimator around a Booster",
  }),
];

/** Older names of the same modules. Source: `IMPORT_MAPPING` in Lib/_compat_pickle.py, and NumPy's move of `core` (NEP 52). */
export const MODULE_NAMES: ReadonlyMap<string, string> = new Map([
  ["__builtin__", "builtins"],
  ["copy_reg", "copyreg"],
  ["numpy.core.multiarray", "numpy._core.multiarray"],
  ["numpy.core.numeric", "numpy._core.numeric"],
]);
