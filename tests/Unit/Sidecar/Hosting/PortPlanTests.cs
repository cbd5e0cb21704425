using System.Net;
using System.Net.Sockets;
using Sidecar.Hosting;
using Sidecar.Hosting.RunFiles;

namespace Tests.Unit.Sidecar.Hosting;

public sealed class PortPlanTests
{
    [Fact]
    public void ports_that_are_not_given_are_picked_free_and_differ()
    {
        var plans = PortPlan.Make([new AppSpec("a", "apps[0]", "."), new AppSpec("b", "apps[1]", ".")]);

        plans.ShouldAllBe(p => p.App == null);
        plans.SelectMany(p => new[] { p.Http, p.Grpc, p.Metrics }).Distinct().Count().ShouldBe(6);
    }

    [Fact]
    public void all_taken_ports_are_named_in_one_error()
    {
        using var one = Listen(out var first);
        using var two = Listen(out var second);
        using var three = Listen(out var third);

        var error = Should.Throw<StartupException>(() => PortPlan.Make(
        [
            new AppSpec("orders", "apps[0]", ".") { AppPort = first, HttpPort = RunFolder.FreePort() },
            new AppSpec("invoices", "apps[1]", ".") { HttpPort = second, GrpcPort = third },
        ])).Message;

        error.ShouldBe(
            $"ports already in use: {first} (orders appPort), {second} (invoices daprHTTPPort), {third} (invoices daprGRPCPort). "
            + "Stop what listens there, or change them in the run file.");
    }

    [Fact]
    public void a_port_given_twice_is_taken()
    {
        var port = RunFolder.FreePort();

        Should.Throw<StartupException>(() => PortPlan.Make(
        [
            new AppSpec("orders", "apps[0]", ".") { AppPort = port },
            new AppSpec("invoices", "apps[1]", ".") { GrpcPort = port },
        ])).Message.ShouldContain($"{port} (orders appPort and invoices daprGRPCPort, given twice)");
    }

    private static TcpListener Listen(out int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }
}
