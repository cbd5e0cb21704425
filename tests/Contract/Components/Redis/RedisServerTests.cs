using Tests.Servers;

namespace Tests.Contract.Components.Redis;

/// <summary>The fixture keeps what it promises to the other tests.</summary>
public sealed class RedisServerTests
{
    [Fact]
    public async Task what_the_server_acknowledged_is_there_after_a_kill_and_gone_after_forgetting()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis(), password: "secret");
        await server.CommandAsync("SET", "k", "v");

        await server.KillAsync();
        await server.StartAsync();
        (await server.CommandAsync("GET", "k")).ShouldBe(["v"]);

        await server.StopAsync();
        await server.StartAsync();
        (await server.CommandAsync("GET", "k")).ShouldBe(["v"]);

        await server.KillAsync();
        server.Forget();
        await server.StartAsync();
        (await server.CommandAsync("GET", "k")).ShouldBe([""]);
    }
}
