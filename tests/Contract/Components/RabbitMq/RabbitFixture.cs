using Tests.Contract.Components.RabbitMq;
using Tests.Servers;

[assembly: AssemblyFixture(typeof(RabbitFixture))]

namespace Tests.Contract.Components.RabbitMq;

/// <summary>One RabbitMQ for the tests that do not stop it; started by the first of them. Names keep the tests apart.</summary>
public sealed class RabbitFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1);
    private RabbitServer? _server;

    /// <summary>The server; skips the test where it is not installed.</summary>
    internal async Task<RabbitServer> ServerAsync()
    {
        var program = Needs.Rabbit();
        await _starting.WaitAsync();
        try
        {
            return _server ??= await RabbitServer.StartAsync(program);
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        _starting.Dispose();
    }
}
