using Grpc.Core;
using Sidecar.Hosting;
using Sidecar.Http;
using Wire.Runtime;

namespace Sidecar.Grpc.Runtime;

/// <summary>
/// What calls of Dapr 1.18 are answered that no building block here serves: where Dapr would miss a component it is missed in Dapr's
/// words, else UNIMPLEMENTED says what to do. Source: recorded answers of Dapr 1.18.3, its dapr.proto for the names.
/// </summary>
internal sealed class NotServed(AppRuntime runtime)
{
    private const string SecretStoreType = "secretstores.";

    // To Dapr a path that it does not know is an invocation of another app, which is named by metadata.
    private const string NoTarget = "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found";
    private const string NoStreamTarget = "cannot proxy request: missing dapr-callee-app-id or dapr-app-id metadata";
    private const string Reflection = "/grpc.reflection.";

    private static readonly ApiError NoConfigurationStore =
        new(500, "ERR_CONFIGURATION_STORE_NOT_CONFIGURED", "configuration stores not configured");

    /// <summary>The refusal of a call that is not served.</summary>
    public RpcException Refuse(string path)
    {
        if (!path.StartsWith(DaprRuntime.Prefix, StringComparison.Ordinal))
        {
            return Plain(StatusCode.Unknown, path.StartsWith(Reflection, StringComparison.Ordinal) ? NoStreamTarget : NoTarget);
        }
        switch (path[DaprRuntime.Prefix.Length..])
        {
            case "GetSecret" or "GetBulkSecret" when !HasSecretStore:
                return Plain(StatusCode.FailedPrecondition, "secret store is not configured");
            case "TryLockAlpha1" or "UnlockAlpha1":
                return Plain(StatusCode.FailedPrecondition, "lock store is not configured");
            case "GetConfiguration" or "GetConfigurationAlpha1" or "SubscribeConfiguration" or "SubscribeConfigurationAlpha1"
                or "UnsubscribeConfiguration" or "UnsubscribeConfigurationAlpha1":
                return RichErrors.Of(NoConfigurationStore);
            case "EncryptAlpha1" or "DecryptAlpha1":
                return Plain(StatusCode.Internal, "crypto providers not configured");
            case "SubtleGetKeyAlpha1" or "SubtleEncryptAlpha1" or "SubtleDecryptAlpha1" or "SubtleWrapKeyAlpha1" or "SubtleUnwrapKeyAlpha1"
                or "SubtleSignAlpha1" or "SubtleVerifyAlpha1":
                return Plain(StatusCode.Unimplemented, "this API is currently not implemented");
            case "GetSecret" or "GetBulkSecret"
                or "SubscribeTopicEventsAlpha1"
                or "RegisterActorTimer" or "UnregisterActorTimer" or "RegisterActorReminder" or "UnregisterActorReminder"
                or "UnregisterActorRemindersByType" or "ListActorReminders" or "GetActorReminder" or "GetActorState"
                or "ExecuteActorStateTransaction" or "InvokeActor" or "SubscribeActorEventsAlpha1"
                or "ScheduleJob" or "ScheduleJobAlpha1" or "GetJob" or "GetJobAlpha1" or "DeleteJob" or "DeleteJobAlpha1"
                or "DeleteJobsByPrefix" or "DeleteJobsByPrefixAlpha1" or "ListJobs" or "ListJobsAlpha1"
                or "ConverseAlpha1" or "ConverseAlpha2":
                return Plain(StatusCode.Unimplemented, $"the embedded sidecar does not serve {path}; use a Dapr");
            default:
                return Plain(StatusCode.Unknown, NoTarget);
        }
    }

    private bool HasSecretStore =>
        runtime.Components.Any(static component => component.Type.StartsWith(SecretStoreType, StringComparison.Ordinal));

    private static RpcException Plain(StatusCode code, string message) => new(new Status(code, message));
}
