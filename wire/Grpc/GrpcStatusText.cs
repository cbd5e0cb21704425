using System.Globalization;
using System.Text;
using Grpc.Core;

namespace Wire.Grpc;

/// <summary>
/// <c>grpc-status</c> and <c>grpc-message</c>. The message is percent-encoded: everything but printable ASCII, and the percent sign.
/// Source: "gRPC over HTTP2", "Status-Message".
/// </summary>
internal static class GrpcStatusText
{
    public const string StatusName = "grpc-status";
    public const string MessageName = "grpc-message";

    public static string Encode(string message)
    {
        if (message.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && !message.Contains('%'))
        {
            return message;
        }

        var text = new StringBuilder(message.Length + 16);
        foreach (var octet in Encoding.UTF8.GetBytes(message))
        {
            if (octet is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
            {
                text.Append((char)octet);
            }
            else
            {
                text.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }

    /// <summary>The bytes of a <c>-bin</c> header, padded or not; null where it is not base64.</summary>
    public static byte[]? ReadBinary(string value)
    {
        var bytes = new byte[value.Length];
        var padded = value.PadRight((value.Length + 3) / 4 * 4, '=');
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }

    /// <summary>The status that headers or trailers carry, or null where there is none.</summary>
    public static Status? Read(string? status, string? message)
    {
        if (string.IsNullOrEmpty(status))
        {
            return null;
        }

        var detail = Uri.UnescapeDataString(message ?? "");
        return int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? new Status((StatusCode)code, detail)
            : new Status(StatusCode.Unknown, $"grpc-status '{status}' is not a number; {detail}");
    }
}
