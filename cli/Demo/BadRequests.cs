using System.Text;
using Cli.Gateway;

namespace Cli.Demo;

/// <summary>
/// Requests that no client should send. Each must be refused with a problem, and must not leave a trace.
/// </summary>
internal static class BadRequests
{
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";

    private static readonly (string What, string Body, string ContentType, int Expected)[] Cases =
    [
        ("broken JSON", "{\"customerId\":", Json, 400),
        ("a wrong content type", "customerId=1", "text/plain", 415),
        ("no lines", "{\"customerId\":\"c\",\"lines\":[]}", Json, 422),
        ("a negative quantity", "{\"customerId\":\"c\",\"lines\":[{\"sku\":\"s\",\"quantity\":-1}]}", Json, 422),
        ("an unknown SKU", "{\"customerId\":\"c\",\"lines\":[{\"sku\":\"no-such-sku\",\"quantity\":1}]}", Json, 422),
        ("an unknown pattern", "{\"customerId\":\"c\",\"pattern\":\"hope\",\"lines\":[{\"sku\":\"s\",\"quantity\":1}]}", Json, 422),
    ];

    /// <summary>Sends all; returns how many there were.</summary>
    public static async Task<int> SendAsync(GatewayClient gateway, Ledger ledger, CancellationToken cancellation)
    {
        foreach (var (what, body, contentType, expected) in Cases)
        {
            var (status, mediaType) = await gateway.PostRawAsync(
                "orders", Encoding.UTF8.GetBytes(body), contentType, cancellation);
            if (status != expected || mediaType != Problem)
            {
                ledger.Violated(
                    "bad-request-refused", what, $"expected {expected} {Problem}, answered {status} {mediaType}");
            }
        }

        return Cases.Length;
    }
}
