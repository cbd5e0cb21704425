using System.Net;
using System.Net.Sockets;

namespace Tests.Servers;

/// <summary>Ports of the loopback address. Compiled into every test project.</summary>
internal static class LoopbackPort
{
    /// <summary>A port that nobody listens on, as far as can be known.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
