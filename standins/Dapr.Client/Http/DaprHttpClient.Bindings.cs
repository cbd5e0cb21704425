using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Dapr.Client.Http;

internal sealed partial class DaprHttpClient
{
    private const string BindingOperation = "Binding";

    public override async Task InvokeBindingAsync<TRequest>(
        string bindingName,
        string operation,
        TRequest data,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        using var response = await CallBindingAsync(bindingName, operation, data, metadata, cancellationToken);
    }

    public override async Task<TResponse> InvokeBindingAsync<TRequest, TResponse>(
        string bindingName,
        string operation,
        TRequest data,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        using var response = await CallBindingAsync(bindingName, operation, data, metadata, cancellationToken);
        return Read<TResponse>(BindingOperation, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    public override async Task<BindingResponse> InvokeBindingAsync(
        BindingRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var response = request.Data.IsEmpty
            ? await CallBindingAsync<object?>(
                request.BindingName, request.Operation, null, request.Metadata, cancellationToken)
            : await CallBindingAsync(
                request.BindingName, request.Operation, AsJson(request.Data), request.Metadata, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new BindingResponse(request, body, MetadataOf(response));
    }

    private Task<HttpResponseMessage> CallBindingAsync<TRequest>(
        string bindingName,
        string operation,
        TRequest data,
        IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(bindingName);
        ArgumentException.ThrowIfNullOrEmpty(operation);
        var content = BufferedContent.Write(
            _json, SidecarHeaders.Json, (operation, data, metadata, _json), static (writer, call) =>
            {
                writer.WriteStartObject();
                writer.WriteString("operation"u8, call.operation);
                if (call.data is not null)
                {
                    writer.WritePropertyName("data"u8);
                    JsonSerializer.Serialize(writer, call.data, call._json);
                }

                WriteMetadata(writer, call.metadata);
                writer.WriteEndObject();
            });
        return _channel.SendAsync(
            BindingOperation,
            _channel.Request(HttpMethod.Post, SidecarPath.Of("/v1.0/bindings", bindingName), content),
            cancellationToken);
    }

    private static JsonElement AsJson(ReadOnlyMemory<byte> data)
    {
        if (JsonBytes.IsJson(data.Span))
        {
            using var document = JsonDocument.Parse(data);
            return document.RootElement.Clone();
        }

        return Utf8.IsValid(data.Span)
            ? JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(data.Span), JsonSerializerOptions.Web)
            : throw new DaprException(
                $"{BindingOperation} operation failed: the data is neither JSON nor text in UTF-8, and the Dapr HTTP "
                + "API carries nothing else.");
    }

    private static Dictionary<string, string> MetadataOf(HttpResponseMessage response)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated)
        {
            if (name.StartsWith(SidecarHeaders.MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            {
                metadata[name[SidecarHeaders.MetadataPrefix.Length..]] = values.ToString();
            }
        }

        return metadata;
    }
}
