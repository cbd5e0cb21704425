using System.Net;
using Google.Protobuf;

namespace Tests.Contract.Workflows;

/// <summary>Sends gRPC calls that no proper client would send.</summary>
internal static class RawGrpc
{
    /// <summary>Sends bytes as they are; answers with what the call ended with.</summary>
    public static async Task<(string? Status, string? Message, string? Details)> SendAsync(
        Uri address, string path, byte[] body, params (string Name, string Value)[] headers)
    {
        var all = await HeadersAsync(address, path, body, headers);
        return (all.GetValueOrDefault("grpc-status"), all.GetValueOrDefault("grpc-message"), all.GetValueOrDefault("grpc-status-details-bin"));
    }

    /// <summary>Sends bytes as they are; answers with the call's headers and trailers.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> HeadersAsync(
        Uri address, string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        using var response = await http.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return response.Headers.Concat(response.Content.Headers).Concat(response.TrailingHeaders).ToDictionary(
            static header => header.Key, static header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A message with its prefix, which may be told to lie.</summary>
    public static byte[] Frame(IMessage message, byte flag = 0, int? length = null)
    {
        var bytes = message.ToByteArray();
        var size = length ?? bytes.Length;
        return [flag, (byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size, .. bytes];
    }
}
