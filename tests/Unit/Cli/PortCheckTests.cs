using System.Net;
using System.Net.Sockets;
using Cli;
using Cli.Running;
using Contracts;

namespace Tests.Unit.Cli;

public sealed class PortCheckTests
{
    [Fact]
    public void a_taken_port_is_named_with_who_wants_it()
    {
        using var listener = Listen(IPAddress.Loopback);

        var error = Should.Throw<CliException>(
            () => PortCheck.EnsureFree([Claim(listener, "orders"), Claim(listener, "invoices")]));

        error.Message.ShouldContain(
            $"{Port(listener)} (wanted by app 'orders' as appPort), {Port(listener)} (wanted by app 'invoices' as appPort)");
        error.Message.ShouldNotContain("\n");
    }

    [Fact]
    public void a_port_taken_on_all_addresses_is_found()
    {
        using var listener = Listen(IPAddress.Any);

        PortCheck.Taken([Claim(listener, "orders")]).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task a_port_whose_last_owner_has_gone_is_free()
    {
        using var listener = Listen(IPAddress.Loopback);
        var claim = Claim(listener, "orders");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, claim.Port);

        // The server closes first, which leaves its port in TIME_WAIT: a second demo right after the first must not
        // trip over that.
        (await listener.AcceptTcpClientAsync()).Close();
        client.Close();
        listener.Stop();

        PortCheck.Taken([claim]).ShouldBeEmpty();
    }

    [Fact]
    public void dapr_yaml_of_this_checkout_names_all_ports()
    {
        var yaml = DaprYaml.Read(RepoRoot.Find().DaprYaml);

        yaml.Ports.Count.ShouldBe(16);
        yaml.Ports.ShouldContain(new PortClaim(3501, AppIds.Orders, "daprHTTPPort"));
        yaml.AddressOf(AppIds.Gateway).ShouldBe(new Uri("http://127.0.0.1:5100/"));
    }

    [Theory]
    [InlineData("apps: [")]
    [InlineData("apps: 3")]
    [InlineData("")]
    [InlineData("version: 1")]
    public async Task a_broken_dapr_yaml_is_an_error_that_names_the_file(string text)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "dapr.yaml");
        await File.WriteAllTextAsync(file, text);

        Should.Throw<CliException>(() => DaprYaml.Read(file)).Message.ShouldContain(file);
    }

    private static TcpListener Listen(IPAddress address)
    {
        var listener = new TcpListener(address, 0);
        listener.Start();
        return listener;
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static PortClaim Claim(TcpListener listener, string app) => new(Port(listener), app, "appPort");
}
