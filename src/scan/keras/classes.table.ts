const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));

/**
 * The classes that Keras 2 and 3 have themselves and write into configurations: https://keras.io/api/ (layers, losses, metrics,
 * optimizers, initializers, regularizers, constraints), and the names that its own serialisation has for tensors and functions.
 */
export const KERAS_CLASSES: ReadonlySet<string> = words(`
Sequential Functional Model Network InputLayer Input Dense Activation Embedding Masking Lambda EinsumDense Identity
Conv1D Conv2D Conv3D Convolution1D Convolution2D Convolution3D SeparableConv1D SeparableConv2D SeparableConvolution2D
DepthwiseConv1D DepthwiseConv2D Conv1DTranspose Conv2DTranspose Conv3DTranspose Deconvolution2D
MaxPooling1D MaxPooling2D MaxPooling3D MaxPool1D MaxPool2D MaxPool3D AveragePooling1D AveragePooling2D AveragePooling3D
AvgPool1D AvgPool2D AvgPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalAveragePooling1D
GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPool1D GlobalMaxPool2D GlobalAvgPool1D GlobalAvgPool2D
AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D
AdaptiveMaxPooling3D
LSTM GRU SimpleRNN RNN LSTMCell GRUCell SimpleRNNCell StackedRNNCells CuDNNLSTM CuDNNGRU ConvLSTM1D ConvLSTM2D ConvLSTM3D
LSTMV1 LSTMV2 GRUV1 GRUV2 TimeDistributed Bidirectional Wrapper ConvRNN2D
TextVectorization Normalization Discretization CategoryEncoding Hashing HashedCrossing StringLookup IntegerLookup Resizing
Rescaling CenterCrop RandomCrop RandomFlip RandomTranslation RandomRotation RandomZoom RandomHeight RandomWidth RandomContrast
RandomBrightness RandomGrayscale RandomHue RandomSaturation RandomSharpness RandomColorDegeneration RandomColorJitter
RandomPosterization RandomShear RandomPerspective RandomGaussianBlur RandomErasing RandomElasticTransform RandomInvert
RandomErasing RandAugment AugMix AutoContrast CutMix MixUp Equalization Solarization Invert MelSpectrogram STFTSpectrogram
MaxNumBoundingBoxes Pipeline FeatureSpace
BatchNormalization BatchNormalizationV1 BatchNormalizationV2 SyncBatchNormalization LayerNormalization UnitNormalization
GroupNormalization RMSNormalization SpectralNormalization
Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianDropout GaussianNoise AlphaDropout ActivityRegularization
MultiHeadAttention Attention AdditiveAttention GroupedQueryAttention GroupQueryAttention
Reshape Flatten RepeatVector Permute Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D
ZeroPadding2D ZeroPadding3D
Concatenate Average Maximum Minimum Add Subtract Multiply Dot Merge
LocallyConnected1D LocallyConnected2D
ReLU Softmax LeakyReLU PReLU ELU ThresholdedReLU
TensorFlowOpLayer TFOpLambda SlicingOpLambda ClassMethod InstanceProperty InstanceMethod AddLoss AddMetric DenseFeatures
SGD RMSprop Adam AdamW Adadelta Adagrad Adamax Adafactor Nadam Ftrl Lion Lamb Muon LossScaleOptimizer MultiOptimizer
ExponentialDecay PiecewiseConstantDecay PolynomialDecay InverseTimeDecay CosineDecay CosineDecayRestarts WarmUp
MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredLogarithmicError BinaryCrossentropy
BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy SparseCategoricalCrossentropy Hinge SquaredHinge
CategoricalHinge KLDivergence KullbackLeiblerDivergence LogCosh Huber Poisson CosineSimilarity Dice Tversky Circle CTC
CategoricalGeneralizedCrossEntropy LossFunctionWrapper
Accuracy BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy TopKCategoricalAccuracy SparseTopKCategoricalAccuracy
AUC Precision Recall TruePositives TrueNegatives FalsePositives FalseNegatives PrecisionAtRecall RecallAtPrecision
SensitivityAtSpecificity SpecificityAtSensitivity RootMeanSquaredError LogCoshError IoU BinaryIoU OneHotIoU OneHotMeanIoU
MeanIoU F1Score FBetaScore R2Score PearsonCorrelation ConcordanceCorrelation Mean Sum MeanTensor MeanMetricWrapper
SumOverBatchSize MetricsList CompileMetrics CompileLoss LossesContainer MetricsContainer MeanRelativeError
Zeros Ones Constant RandomNormal RandomUniform TruncatedNormal VarianceScaling Orthogonal OrthogonalInitializer Identity
IdentityInitializer GlorotUniform GlorotNormal HeNormal HeUniform LecunNormal LecunUniform STFT STFTInitializer
L1 L2 L1L2 OrthogonalRegularizer Regularizer
MaxNorm NonNeg UnitNorm MinMaxNorm
Policy PolicyV1 DTypePolicy FloatDTypePolicy QuantizedDTypePolicy QuantizedFloat8DTypePolicy GPTQDTypePolicy AWQDTypePolicy
DTypePolicyMap AbsMaxQuantizer Int4QuantizationConfig Int8QuantizationConfig Float8QuantizationConfig GPTQConfig AWQConfig
SeedGenerator CompatGradientDescentOptimizer
TensorShape DType TypeSpec __tensor__ __numpy__ __keras_tensor__ __bytes__ __ellipsis__ __slice__ __tuple__ __typespec__
__ellipsis function KerasTensor CompositeTensor`);

/** The parts of Keras whose classes and functions compute; of the others some read files, load models or switch checks off. */
export const COMPUTING =
  /^(?:tf_)?keras(?:_(?:hub|nlp|cv|core|tuner))?(?:\.(?:api|src|engine|core|legacy|_tf_keras|keras|__internal__))*(?:\.(?:activations|constraints|dtype_policies|initializers|layers|losses|metrics|mixed_precision|models|ops|optimizers|quantizers|random|regularizers|trainers|schedules|functional|sequential|training|tokenizers|samplers|preprocessing_layers)(?:\.|$)|$)/u;

export interface Gadget {
  readonly does: string;
  readonly advisories: readonly string[];
}

const of = (does: string, ...advisories: string[]): Gadget => ({ does, advisories });

/** Names within Keras that a configuration must never lead to, by the last part of their path. */
export const GADGETS: ReadonlyMap<string, Gadget> = new Map([
  ["get_file", of("downloads a file and unpacks it wherever it is told to", "CVE-2025-8747")],
  ["load_model", of("loads another model, with whatever checks it is told to leave out", "CVE-2025-8747")],
  ["load_weights", of("loads weights from a file")],
  ["load_img", of("reads a file")],
  ["load_data", of("downloads a file")],
  ["model_from_json", of("makes another model out of a text")],
  ["deserialize", of("makes objects of what it is given")],
  ["deserialize_keras_object", of("makes objects of what it is given")],
  ["enable_unsafe_deserialization", of("switches off the check for Lambda layers", "CVE-2025-9906")],
  ["func_load", of("makes a function out of marshalled code")],
  ["run", of("runs what it is given")],
  ["plot_model", of("writes a file and runs a program")],
  ["save_model", of("writes a file")],
  ["save_img", of("writes a file")],
  ["extract_archive", of("unpacks an archive")],
  ["TorchModuleWrapper", of("unpickles a module of PyTorch", "CVE-2025-49655")],
  ["StaticHashTable", of("reads a file of the machine")],
  ["TFSMLayer", of("loads a SavedModel from a path of the machine")],
  ["LambdaCallback", of("calls functions that are given to it")],
  ["RemoteMonitor", of("sends what it sees to another machine")],
  ["ModelCheckpoint", of("writes files")],
  ["BackupAndRestore", of("writes files")],
  ["CSVLogger", of("writes a file")],
  ["TensorBoard", of("writes files")],
]);

/** Modules of Python by whose names alone a configuration gives itself away. */
export const PYTHON_MODULES: ReadonlySet<string> = words(`
os posix nt sys subprocess shutil pty socket ctypes importlib runpy builtins __builtin__ code pickle _pickle dill cloudpickle
marshal types functools operator pathlib io tempfile webbrowser multiprocessing threading urllib http requests ftplib telnetlib
smtplib pip ensurepip timeit pdb cProfile profile trace platform asyncio concurrent base64 codecs zipfile tarfile numpy.f2py torch`);
