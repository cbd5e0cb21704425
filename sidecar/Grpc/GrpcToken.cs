using System.Security.Cryptography;
using System.Text;
using Grpc.Core;

namespace Sidecar.Grpc;

/// <summary>
/// The check of <c>dapr-api-token</c>. A refusal is UNAUTHENTICATED with a <c>google.rpc.ErrorInfo</c> that says why, as Dapr's is.
/// </summary>
internal static class GrpcToken
{
    private const string Header = "dapr-api-token";
    private const string Refused = "Unauthorized";
    private const string Missing = "missing api token in request metadata";
    private const string Wrong = "authentication error: api token mismatch";

    /// <summary>The check for <paramref name="token"/>; null where callers need none.</summary>
    public static Action<HttpContext>? Check(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        var wanted = Encoding.UTF8.GetBytes(token);
        return http =>
        {
            var sent = http.Request.Headers[Header];
            if (sent.Count == 0)
            {
                throw Refusal(Missing);
            }

            if (sent is not [{ } value] || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(value), wanted))
            {
                throw Refusal(Wrong);
            }
        };
    }

    private static RpcException Refusal(string reason) => RichErrors.Create(
        StatusCode.Unauthenticated, Refused, [RichErrors.Info(Refused, ("http.code", "401"), ("http.error_message", reason))]);
}
