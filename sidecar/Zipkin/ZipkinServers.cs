using System.Net.Sockets;
using Sidecar.Hosting;

namespace Sidecar.Zipkin;

/// <summary>The Zipkins that a host offers, one for each endpoint on this machine that its configurations name and nobody else serves.</summary>
internal sealed partial class ZipkinServers : IAsyncDisposable
{
    private readonly List<ZipkinServer> _servers = [];

    /// <summary>Opens them; endpoints elsewhere, and those where something listens, get their spans there.</summary>
    /// <exception cref="StartupException">A port cannot be opened, though nobody has it.</exception>
    public static async Task<ZipkinServers> OpenAsync(
        IEnumerable<Uri> endpoints, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var (servers, logger) = (new ZipkinServers(), loggers.CreateLogger<ZipkinServers>());
        foreach (var endpoint in endpoints.Where(ZipkinServer.CanBe).DistinctBy(static e => e.Port))
        {
            try
            {
                if (await ZipkinServer.OpenAsync(endpoint, time, loggers, cancellationToken) is { } server)
                {
                    servers._servers.Add(server);
                    LogOpened(logger, server.Page);
                }
                else
                {
                    LogTaken(logger, endpoint);
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                await servers.DisposeAsync();
                throw new StartupException(
                    $"Zipkin's port {endpoint.Port}: {e.Message.TrimEnd('.')}. "
                    + "Name another in spec.tracing.zipkin.endpointAddress, or run with --zipkin off.");
            }
        }

        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _servers.Clear();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "nothing listens at Zipkin's address: traces are kept in memory here, see {Page}")]
    private static partial void LogOpened(ILogger logger, Uri page);

    [LoggerMessage(Level = LogLevel.Information, Message = "something listens at {Endpoint}: spans go there")]
    private static partial void LogTaken(ILogger logger, Uri endpoint);
}
