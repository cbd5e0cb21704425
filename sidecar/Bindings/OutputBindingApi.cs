using System.Text.Json;
using Sidecar.Hosting;
using Sidecar.Http;

namespace Sidecar.Bindings;

/// <summary>
/// POST and PUT /v1.0/bindings/{name}: what an app sends by an output binding. This sidecar has none (bindings.cron is for input only), so that
/// each well-formed request is answered as daprd answers for a name that it does not know as an output.
/// </summary>
internal sealed class OutputBindingApi(AppRuntime runtime)
{
    private const string RequestType = "OutputBindingRequest";

    /// <summary>Finds the handler for what follows <c>/v1.0/bindings/</c>; null where there is none.</summary>
    public Task? Route(HttpContext http, ReadOnlySpan<char> name) =>
        HttpFace.IsPostOrPut(http) && !name.IsEmpty && !name.Contains('/') ? InvokeAsync(http, RequestPath.Unescape(name)) : null;

    private async Task InvokeAsync(HttpContext http, string name)
    {
        string? operation;
        try
        {
            using var body = await RequestBody.ReadAsync(http, runtime.MaxBodyBytes);
            operation = ReadOperation(body.Memory, out var problem);
            if (problem is not null)
            {
                await Answers.Error(http, Malformed(problem));
                return;
            }
        }
        catch (BodyTooLargeException e)
        {
            await Answers.Error(http, Malformed(e.Message));
            return;
        }
        await Answers.Error(http, Refusal(name, operation));
    }

    /// <summary>What every well-formed request is answered.</summary>
    public static ApiError Refusal(string name, string? operation)
    {
        var reason = string.IsNullOrEmpty(operation) ? "operation field is missing from request" : $"couldn't find output binding {name}";
        return new(500, "ERR_INVOKE_OUTPUT_BINDING", $"error invoking output binding {name}: {reason}");
    }

    private static string? ReadOperation(ReadOnlyMemory<byte> body, out string? problem)
    {
        problem = null;
        try
        {
            using var document = JsonDocument.Parse(body, GoJson.Options);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Null)
            {
                return null;
            }
            if (root.ValueKind != JsonValueKind.Object)
            {
                problem = GoJson.Mismatch(root, $"http.{RequestType}");
                return null;
            }
            if (!root.TryGetProperty("operation", out var operation) || operation.ValueKind == JsonValueKind.Null)
            {
                return null;
            }
            if (operation.ValueKind != JsonValueKind.String)
            {
                problem = GoJson.Mismatch(operation, $"{RequestType}.operation", "string");
                return null;
            }
            return operation.GetString();
        }
        catch (Exception e) when (GoJson.IsMalformed(e))
        {
            problem = GoJson.Describe(e, body.Span);
            return null;
        }
    }

    private static ApiError Malformed(string problem) => new(400, "ERR_MALFORMED_REQUEST", $"failed deserializing HTTP body: {problem}");
}
