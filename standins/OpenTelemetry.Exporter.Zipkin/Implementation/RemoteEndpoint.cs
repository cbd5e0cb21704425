using System.Diagnostics;

namespace OpenTelemetry.Exporter.Zipkin.Implementation;

/// <summary>
/// Whom a span calls, told by its attributes. Source of the precedence: OpenTelemetry's specification of the Zipkin exporter ("Remote endpoint"),
/// with the attributes' older names as the official exporter has them.
/// </summary>
internal static class RemoteEndpoint
{
    // Best first; with a second name: the attribute that holds the port, which counts only as text.
    private static readonly (string Name, string? Port)[] Precedence =
    [
        ("peer.service", null),
        ("server.address", null),
        ("net.peer.name", null),
        ("network.peer.address", "network.peer.port"),
        ("server.socket.domain", null),
        ("server.socket.address", "server.socket.port"),
        ("net.sock.peer.name", null),
        ("net.sock.peer.addr", "net.sock.peer.port"),
        ("peer.hostname", null),
        ("peer.address", null),
        ("db.name", null),
    ];

    /// <summary>The service name of the other side; null for spans that call nobody, or do not say whom.</summary>
    public static string? Of(Activity activity)
    {
        if (activity.Kind is not (ActivityKind.Client or ActivityKind.Producer))
        {
            return null;
        }

        foreach (var (name, port) in Precedence)
        {
            if (activity.GetTagItem(name) is string value && !string.IsNullOrWhiteSpace(value))
            {
                return port is not null && activity.GetTagItem(port) is string number ? $"{value}:{number}" : value;
            }
        }

        return null;
    }
}
