export type { ClusterStatus, ClusterWorkerStatus } from './cluster/cluster-status.ts';
export { reloadCluster } from './cluster/control-client.ts';
export type { ControlAnswer } from './cluster/control-server.ts';
export { ClusterWorkerError, ControlError } from './cluster/errors.ts';
export type { ClusterOptions, ClusterProbeOptions } from './cluster/options.ts';
export type { FailedWorker, ReloadReport, ReplacedWorker } from './cluster/reload-report.ts';
export { runCluster } from './cluster/run-cluster.ts';
