using Sidecar.Components;
using Sidecar.Http;

namespace Sidecar.State;

/// <summary>The state API's error answers. Source: recorded answers of Dapr 1.18.3.</summary>
internal static class StateErrors
{
    public static ApiError NotConfigured(string store, string? appId) => new(
        500, "ERR_STATE_STORE_NOT_CONFIGURED", $"state store {store} is not configured",
        [new ErrorInfo("DAPR_STATE_NOT_CONFIGURED", AppIdOf(appId))]);

    public static ApiError NotFound(string store, string? appId) => new(
        400, "ERR_STATE_STORE_NOT_FOUND", $"state store {store} is not found",
        [new ErrorInfo("DAPR_STATE_NOT_FOUND", AppIdOf(appId))]);

    public static ApiError Query(StateStoreEntry store) => store.Store.QueryRefusal is { } reason
        ? new(500, "ERR_STATE_QUERY", $"state store {store.Name} query failed: {reason}",
            [new ResourceInfo("state", store.Name, ""), new ErrorInfo("DAPR_STATE_QUERY_FAILED", null)])
        : new(500, "ERR_STATE_STORE_NOT_SUPPORTED", "state store does not support querying",
            [new ResourceInfo("state", store.Name, ""), new ErrorInfo("DAPR_STATE_QUERYING_NOT_SUPPORTED", null)]);

    /// <summary>The refusal as HTTP tells it; gRPC has nothing before the message.</summary>
    public static ApiError IllegalKey(string store, string key, string prefix = "api error: code = InvalidArgument desc = ")
    {
        var message = $"{prefix}input key/keyPrefix '{key}' can't contain '||'";
        return new(400, "ERR_MALFORMED_REQUEST", message,
        [
            new BadRequestInfo(key, message),
            new ResourceInfo("state", store, ""),
            new ErrorInfo("DAPR_STATE_ILLEGAL_KEY", null),
        ]);
    }

    /// <summary>A save by gRPC without a key.</summary>
    public static readonly ApiError NoKey = new(400, "ERR_STATE_SAVE", "state key cannot be empty");

    public static ApiError Malformed(string problem) => new(400, "ERR_MALFORMED_REQUEST", problem);

    /// <summary>Bulk get and transaction say where it went wrong; save does not.</summary>
    public static ApiError MalformedBody(string problem) => Malformed($"failed deserializing HTTP body: {problem}");

    public static ApiError UnknownOperation(string operation) =>
        new(400, "ERR_NOT_SUPPORTED_STATE_OPERATION", $"operation type {operation} not supported");

    public static ApiError Get(string key, string store, Exception exception) =>
        new(500, "ERR_STATE_GET", $"fail to get {key} from state store {store}: {exception.Message}");

    public static ApiError BulkGet(Exception exception) => new(500, "ERR_STATE_BULK_GET", exception.Message);

    public static ApiError Save(string store, Exception exception) => Save(store, StatusOf(exception), exception.Message);

    public static ApiError Save(string store, int status, string problem) =>
        new(status, "ERR_STATE_SAVE", $"failed saving state in state store {store}: {problem}");

    public static ApiError BulkDelete(string store, IReadOnlyList<Exception> failures) =>
        new(StatusOf(failures), "ERR_STATE_BULK_DELETE", $"failed deleting state in state store {store}: {TextOf(failures)}");

    public static ApiError Delete(string key, int status, string problem) =>
        new(status, "ERR_STATE_DELETE", $"failed deleting state with key {key}: {problem}");

    public static ApiError Delete(string key, Exception exception) => Delete(key, StatusOf(exception), exception.Message);

    /// <summary>In a transaction even a stale ETag is a 500, as in daprd.</summary>
    public static ApiError Transaction(string problem) =>
        new(500, "ERR_STATE_TRANSACTION", $"error while executing state transaction: {problem}");

    /// <summary>A stale version is a conflict, a malformed one the caller's mistake, anything else ours.</summary>
    public static int StatusOf(Exception exception) => exception switch
    {
        EtagMismatchException => 409,
        EtagInvalidException => 400,
        _ => 500,
    };

    /// <summary>Of several the worst one decides: a broken store, then a conflict, then a malformed ETag.</summary>
    public static int StatusOf(IReadOnlyList<Exception> failures) =>
        failures.Select(StatusOf).OrderBy(static status => status switch { 500 => 0, 409 => 1, _ => 2 }).First();

    /// <summary>What several failures say together.</summary>
    public static string TextOf(IReadOnlyList<Exception> failures)
    {
        var messages = string.Join('\n', failures.Select(static failure => failure.Message));
        return StatusOf(failures) == 409 ? $"{EtagMismatchException.Prefix}: {messages}" : messages;
    }

    // By HTTP Dapr names the app, but not where it is asked to query; by gRPC it does not.
    private static Dictionary<string, string>? AppIdOf(string? appId) =>
        appId is null ? null : new(StringComparer.Ordinal) { ["appID"] = appId };
}
