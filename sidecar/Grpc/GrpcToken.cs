using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;

namespace Sidecar.Grpc;

/// <summary>
/// The check of <c>dapr-api-token</c>. A refusal is UNAUTHENTICATED with a <c>google.rpc.ErrorInfo</c> that says why, as Dapr's is.
/// </summary>
internal static class GrpcToken
{
    private const string Header = "dapr-api-token";
    private const string Refused = "Unauthorized";

    private static readonly string Missing = Details("missing api token in request metadata");
    private static readonly string Wrong = Details("authentication error: api token mismatch");

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

    private static RpcException Refusal(string details) =>
        new(new Status(StatusCode.Unauthenticated, Refused), new Metadata { { "grpc-status-details-bin", details } });

    // google.rpc.Status { code = 1, message = 2, details = 3 of Any { type_url = 1, value = 2 } } around
    // google.rpc.ErrorInfo { reason = 1, domain = 2, metadata = 3 of { key = 1, value = 2 } }.
    private static string Details(string reason) => Convert.ToBase64String(Message(output =>
    {
        Number(output, 1, (int)StatusCode.Unauthenticated);
        Text(output, 2, Refused);
        Bytes(output, 3, Message(any =>
        {
            Text(any, 1, "type.googleapis.com/google.rpc.ErrorInfo");
            Bytes(any, 2, Message(info =>
            {
                Text(info, 1, Refused);
                Text(info, 2, "dapr.io");
                Bytes(info, 3, Pair("http.code", "401"));
                Bytes(info, 3, Pair("http.error_message", reason));
            }));
        }));
    }));

    private static byte[] Pair(string key, string value) => Message(output =>
    {
        Text(output, 1, key);
        Text(output, 2, value);
    });

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes))
        {
            write(output);
        }

        return bytes.ToArray();
    }

    private static void Number(CodedOutputStream output, int field, int value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt32(value);
    }

    private static void Text(CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    private static void Bytes(CodedOutputStream output, int field, byte[] value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(value));
    }
}
