using System.Net;
using System.Net.Sockets;
using Sidecar.Hosting.RunFiles;

namespace Sidecar.Hosting;

/// <summary>The ports that one app and its sidecar use.</summary>
/// <param name="App">The app's own; null for none.</param>
/// <param name="Http">The sidecar's HTTP API.</param>
/// <param name="Grpc">The sidecar's gRPC API.</param>
/// <param name="Metrics">The sidecar's metrics; announced as DAPR_METRICS_PORT.</param>
public sealed record AppPorts(int? App, int Http, int Grpc, int Metrics);

/// <summary>
/// Finds every port that is taken before anything starts, and picks free ones where none is given. A further instance of an app takes, for
/// each port that the first has, the one 10 above, or the next free one: so its address can be guessed, and lies below those that the
/// system gives to outgoing connections.
/// </summary>
public static class PortPlan
{
    private const int InstanceStep = 10;

    // Linux gives outgoing connections ports from 32768 (ip_local_port_range): whoever listens below is never in their way.
    private const int ListeningPortMax = 32767;

    /// <summary>The ports of each app, in order.</summary>
    /// <exception cref="StartupException">Ports are taken or given twice; the message names them all.</exception>
    public static IReadOnlyList<AppPorts> Make(IReadOnlyList<AppSpec> apps)
    {
        var declared = apps
            .Where(a => a.Instance == 1)
            .SelectMany(a => new (string App, string Field, int? Port)[]
            {
                (a.AppId, "appPort", a.AppPort),
                (a.AppId, "daprHTTPPort", a.HttpPort),
                (a.AppId, "daprGRPCPort", a.GrpcPort),
                (a.AppId, "metricsPort", a.MetricsPort),
            })
            .Where(d => d.Port is not null)
            .ToList();
        var problems = declared
            .GroupBy(d => d.Port!.Value)
            .Select(
                g => (Port: g.Key, Who: string.Join(" and ", g.Select(d => $"{d.App} {d.Field}")), Count: g.Count()))
            .Where(g => g.Count > 1 || IsTaken(g.Port))
            .Select(g => $"{g.Port} ({g.Who}{(g.Count > 1 ? ", given twice" : string.Empty)})")
            .ToList();
        if (problems.Count > 0)
        {
            throw new StartupException(
                $"ports already in use: {string.Join(", ", problems)}. "
                + "Stop what listens there, or change them in the run file.");
        }

        using var free = new FreePorts([.. declared.Select(d => d.Port!.Value)]);
        return [.. apps.Select(a => new AppPorts(
            a.AppPort is null ? null : Pick(free, a, a.AppPort),
            Pick(free, a, a.HttpPort),
            Pick(free, a, a.GrpcPort),
            Pick(free, a, a.MetricsPort)))];
    }

    private static int Pick(FreePorts free, AppSpec app, int? declared) => (declared, app.Instance) switch
    {
        (null, _) => free.Next(),
        ({ } port, 1) => port,
        ({ } port, var instance) => free.Next(port + (InstanceStep * (instance - 1))),
    };

    private static bool IsTaken(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Holds each picked port until all are picked, so that none is picked twice.</summary>
    private sealed class FreePorts(HashSet<int> declared) : IDisposable
    {
        private readonly List<TcpListener> _held = [];

        public int Next()
        {
            while (true)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                _held.Add(listener);
                var port = ((IPEndPoint)listener.LocalEndpoint).Port;
                if (!declared.Contains(port))
                {
                    return port;
                }
            }
        }

        /// <summary>The first free one from <paramref name="from"/> on.</summary>
        public int Next(int from)
        {
            for (var port = from; port <= ListeningPortMax; port++)
            {
                var listener = new TcpListener(IPAddress.Loopback, port);
                try
                {
                    if (!declared.Contains(port))
                    {
                        listener.Start();
                        _held.Add(listener);
                        return port;
                    }
                }
                catch (SocketException)
                {
                    listener.Dispose();
                }
            }

            return Next();
        }

        public void Dispose() => _held.ForEach(l => l.Dispose());
    }
}
