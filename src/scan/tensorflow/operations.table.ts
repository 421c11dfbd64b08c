import type { Finding, Severity } from "../finding.ts";

export interface DangerousOperation {
  readonly verdict: Finding["verdict"];
  readonly severity: Severity;
  /** What it does, as the end of a sentence. */
  readonly does: string;
}

const of = (verdict: Finding["verdict"], severity: Severity, does: string): DangerousOperation => ({
  verdict,
  severity,
  does,
});

/**
 * Operations of TensorFlow that reach out of the graph, after the registrations in tensorflow/core/ops/{io,script,dataset,sdca,rpc}_ops.cc
 * and "Using TensorFlow Securely" (its SECURITY.md): a graph is a program, and these are its ways out.
 */
export const DANGEROUS: ReadonlyMap<string, DangerousOperation> = new Map([
  ["PyFunc", of("malicious", "critical", "calls a function of Python")],
  ["PyFuncStateless", of("malicious", "critical", "calls a function of Python")],
  ["EagerPyFunc", of("malicious", "critical", "calls a function of Python")],
  ["ShellExecute", of("malicious", "critical", "runs a command")],
  ["SystemConfig", of("suspicious", "high", "changes the runtime's configuration")],
  ["FileSystemSetConfiguration", of("suspicious", "high", "changes how files are reached")],
  ["RemoteFusedGraphExecute", of("suspicious", "high", "runs a compiled computation")],
  ["ExperimentalMatchingFilesDataset", of("suspicious", "high", "lists files")],
  ["ExperimentalLMDBDataset", of("suspicious", "high", "opens a database")],
  ["ExperimentalSqlDataset", of("suspicious", "high", "opens a database")],
  ["ExperimentalCSVDataset", of("suspicious", "high", "reads files")],
  ["SnapshotDatasetReader", of("suspicious", "high", "reads files")],
  ["WriteRawProtoSummary", of("suspicious", "high", "writes a file")],
  ["WriteGraphSummary", of("suspicious", "high", "writes a file")],
  ["DistributedSave", of("suspicious", "high", "writes files")],
  ["LoadLibrary", of("malicious", "critical", "loads a program library")],
  ["WriteFile", of("malicious", "critical", "writes a file")],
  ["ReadFile", of("suspicious", "high", "reads a file")],
  ["MatchingFiles", of("suspicious", "high", "lists files")],
  ["MatchingFilesDataset", of("suspicious", "high", "lists files")],
  ["PrintV2", of("suspicious", "medium", "writes to a file or to the log")],
  ["DebugIdentityV2", of("suspicious", "high", "writes what it computes to a file or an address")],
  ["DebugIdentityV3", of("suspicious", "high", "writes what it computes to a file or an address")],
  ["DebugIdentity", of("suspicious", "high", "writes what it computes to a file or an address")],
  ["Save", of("suspicious", "medium", "writes a file of variables")],
  ["SaveSlices", of("suspicious", "medium", "writes a file of variables")],
  ["SaveDataset", of("malicious", "high", "writes files")],
  ["SaveDatasetV2", of("malicious", "high", "writes files")],
  ["SnapshotDataset", of("suspicious", "high", "writes files")],
  ["SnapshotDatasetV2", of("suspicious", "high", "writes files")],
  ["DatasetToTFRecord", of("malicious", "high", "writes a file")],
  ["CreateSummaryFileWriter", of("suspicious", "high", "writes files")],
  ["CreateSummaryDbWriter", of("suspicious", "high", "writes a database")],
  ["TextLineDataset", of("suspicious", "high", "reads files")],
  ["TFRecordDataset", of("suspicious", "high", "reads files")],
  ["TFRecordDatasetV2", of("suspicious", "high", "reads files")],
  ["FixedLengthRecordDataset", of("suspicious", "high", "reads files")],
  ["FixedLengthRecordDatasetV2", of("suspicious", "high", "reads files")],
  ["CSVDataset", of("suspicious", "high", "reads files")],
  ["CSVDatasetV2", of("suspicious", "high", "reads files")],
  ["SqlDataset", of("suspicious", "high", "opens a database")],
  ["LMDBDataset", of("suspicious", "high", "opens a database")],
  ["LMDBReader", of("suspicious", "high", "opens a database")],
  ["WholeFileReader", of("suspicious", "high", "reads files")],
  ["WholeFileReaderV2", of("suspicious", "high", "reads files")],
  ["TextLineReader", of("suspicious", "high", "reads files")],
  ["TextLineReaderV2", of("suspicious", "high", "reads files")],
  ["TFRecordReader", of("suspicious", "high", "reads files")],
  ["TFRecordReaderV2", of("suspicious", "high", "reads files")],
  ["FixedLengthRecordReader", of("suspicious", "high", "reads files")],
  ["FixedLengthRecordReaderV2", of("suspicious", "high", "reads files")],
  ["ImmutableConst", of("suspicious", "high", "maps a file into memory")],
  ["LoadDataset", of("suspicious", "high", "reads files")],
  ["RpcCall", of("malicious", "critical", "calls another machine")],
  ["TryRpc", of("malicious", "critical", "calls another machine")],
  ["Rpc", of("malicious", "critical", "calls another machine")],
  ["RpcClient", of("malicious", "critical", "calls another machine")],
  ["RpcServer", of("malicious", "critical", "opens a server")],
  ["RemoteCall", of("suspicious", "high", "runs a function on another device")],
  ["DataServiceDataset", of("suspicious", "high", "reads from another machine")],
  ["DataServiceDatasetV2", of("suspicious", "high", "reads from another machine")],
  ["DataServiceDatasetV3", of("suspicious", "high", "reads from another machine")],
  ["DataServiceDatasetV4", of("suspicious", "high", "reads from another machine")],
  ["RegisterDataset", of("suspicious", "high", "sends to another machine")],
  ["RegisterDatasetV2", of("suspicious", "high", "sends to another machine")],
  ["TRTEngineOp", of("suspicious", "high", "loads a compiled engine, which nothing here can look into")],
  ["XlaLaunchV2", of("suspicious", "medium", "runs a compiled computation")],
  ["TPUExecute", of("suspicious", "medium", "runs a compiled computation")],
  ["LoadTPUEmbeddingADAMParameters", of("suspicious", "medium", "changes an accelerator's memory")],
  ["Abort", of("suspicious", "high", "ends the process that loads it")],
]);

/** Those that read or write files of variables by a name; a name that is a constant in the graph and no prefix is told. */
export const CHECKPOINTS: ReadonlySet<string> = new Set([
  "SaveV2",
  "RestoreV2",
  "Restore",
  "RestoreSlice",
  "MergeV2Checkpoints",
  "InitializeTableFromTextFile",
  "InitializeTableFromTextFileV2",
]);
