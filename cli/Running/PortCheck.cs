using System.Net;
using System.Net.Sockets;

namespace Cli.Running;

/// <summary>Finds ports that someone else has, before anything is built or started.</summary>
internal static class PortCheck
{
    /// <summary>The claims whose port cannot be bound on the loopback address.</summary>
    public static IReadOnlyList<PortClaim> Taken(IEnumerable<PortClaim> claims) =>
        [.. claims.Where(claim => !IsFree(claim.Port))];

    /// <exception cref="CliException">Some port is taken; the message names all of them, in one line.</exception>
    public static void EnsureFree(IEnumerable<PortClaim> claims)
    {
        var taken = Taken(claims);
        if (taken.Count > 0)
        {
            var names = taken.Select(c => $"{c.Port} (wanted by app '{c.AppId}' as {c.Field})");
            throw new CliException(
                $"Ports are taken: {string.Join(", ", names)}. "
                + "Stop whoever listens there, or change the ports in dapr.yaml.");
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
