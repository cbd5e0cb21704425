// The fields that Dapr's resources have on Kubernetes: facts from the definitions that Dapr 1.18.3 installs (charts/dapr/crds), as far as our files
// have reason to use them. A field that is not here is refused, as the API server refuses one that the definition does not have.
import type { ObjectMeta } from "kubernetes-types/meta/v1";

interface SecretKeyRef { name: string; key?: string }
interface NameValue { name: string; value?: string; envRef?: string; secretKeyRef?: SecretKeyRef }

export interface Component {
  apiVersion: "dapr.io/v1alpha1";
  kind: "Component";
  metadata: ObjectMeta;
  spec: { type: string; version: string; ignoreErrors?: boolean; initTimeout?: string; metadata: NameValue[] };
  auth?: { secretStore: string };
  scopes?: string[];
}

interface Operation { name: string; httpVerb?: string[]; action: string }
interface AppPolicy { appId: string; defaultAction?: string; namespace?: string; trustDomain?: string; operations?: Operation[] }

export interface Configuration {
  apiVersion: "dapr.io/v1alpha1";
  kind: "Configuration";
  metadata: ObjectMeta;
  spec: {
    accessControl?: { defaultAction?: string; trustDomain?: string; policies?: AppPolicy[] };
    api?: {
      allowed?: { name: string; version: string; protocol?: string }[];
      denied?: { name: string; version: string; protocol?: string }[];
    };
    components?: { deny?: string[] };
    features?: { name: string; enabled: boolean }[];
    logging?: { apiLogging?: { enabled?: boolean; obfuscateURLs?: boolean; omitHealthChecks?: boolean } };
    metric?: Metrics;
    metrics?: Metrics;
    secrets?: { scopes: { storeName: string; defaultAccess?: string; allowedSecrets?: string[]; deniedSecrets?: string[] }[] };
    tracing?: {
      samplingRate: string;
      stdout?: boolean;
      zipkin?: { endpointAddress: string };
      otel?: { endpointAddress: string; isSecure: boolean; protocol: string; timeout?: string; headers?: NameValue[] };
    };
    workflow?: {
      maxConcurrentActivityInvocations?: number;
      maxConcurrentWorkflowInvocations?: number;
      globalMaxConcurrentActivityInvocations?: number;
      globalMaxConcurrentWorkflowInvocations?: number;
      stateRetentionPolicy?: { anyTerminal?: string; completed?: string; failed?: string; terminated?: string };
    };
  };
}

interface Metrics {
  enabled: boolean;
  http?: { excludeVerbs?: boolean; increasedCardinality?: boolean; pathMatching?: string[] };
  latencyDistributionBuckets?: number[];
  recordErrorCodes?: boolean;
  rules?: { name: string; labels: { name: string; regex: { [value: string]: string } }[] }[];
}

interface Targets { timeout?: string; retry?: string; circuitBreaker?: string }

export interface Resiliency {
  apiVersion: "dapr.io/v1alpha1";
  kind: "Resiliency";
  metadata: ObjectMeta;
  scopes?: string[];
  spec: {
    policies: {
      timeouts?: { [name: string]: string };
      retries?: {
        [name: string]: {
          policy?: string;
          duration?: string;
          maxInterval?: string;
          maxRetries?: number;
          matching?: { httpStatusCodes?: string; gRPCStatusCodes?: string };
        };
      };
      circuitBreakers?: { [name: string]: { trip?: string; interval?: string; timeout?: string; maxRequests?: number } };
    };
    targets: {
      apps?: { [name: string]: Targets & { circuitBreakerCacheSize?: number } };
      actors?: { [name: string]: Targets & { circuitBreakerCacheSize?: number; circuitBreakerScope?: string } };
      components?: { [name: string]: { inbound?: Targets; outbound?: Targets } };
    };
  };
}
