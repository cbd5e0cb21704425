using Sidecar.Hosting;
using Sidecar.Hosting.RunFiles;

namespace Tests.Unit.Sidecar.Hosting;

public sealed class ReplicasTests
{
    private static readonly AppSpec[] Apps =
    [
        new("gateway", "apps[0]", ".") { AppPort = 15100, HttpPort = 13500, GrpcPort = 13600 },
        new("worker", "apps[1]", "."),
    ];

    [Fact]
    public void instances_stand_side_by_side_and_say_which_they_are()
    {
        var specs = Replicas.Read(["gateway=3"]).Of(Apps);

        specs.Select(s => s.Name).ShouldBe(["gateway", "gateway-2", "gateway-3", "worker"]);
        specs.Select(s => s.AppId).ShouldBe(["gateway", "gateway", "gateway", "worker"]);
        specs.Select(s => s.Instance).ShouldBe([1, 2, 3, 1]);
    }

    [Fact]
    public void without_the_flag_there_is_one_of_each() => Replicas.None.Of(Apps).ShouldBe(Apps);

    [Theory]
    [InlineData("gateway", "'gateway' is not APP=COUNT with a count from 1 to 8")]
    [InlineData("gateway=0", "'gateway=0' is not")]
    [InlineData("gateway=9", "'gateway=9' is not")]
    [InlineData("gateway=2=3", "'gateway=2=3' is not")]
    [InlineData("=2", "'=2' is not")]
    [InlineData("gateway=-1", "'gateway=-1' is not")]
    public void what_is_no_count_is_refused(string word, string problem) =>
        Should.Throw<StartupException>(() => Replicas.Read([word])).Message.ShouldContain(problem);

    [Fact]
    public void an_app_given_twice_or_unknown_is_refused()
    {
        Should.Throw<StartupException>(() => Replicas.Read(["gateway=2", "gateway=3"])).Message.ShouldContain("'gateway' is given twice");
        Should.Throw<StartupException>(() => Replicas.Read(["orders=2"]).Of(Apps)).Message
            .ShouldBe("--replicas: the run file has no app 'orders'; it has gateway, worker.");
    }

    [Fact]
    public void a_further_instance_listens_ten_above_or_at_the_next_free_port_and_below_those_of_outgoing_connections()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 15110);
        taken.Start();

        var ports = PortPlan.Make(Replicas.Read(["gateway=2", "worker=2"]).Of(Apps));

        ports[0].ShouldBe(new AppPorts(15100, 13500, 13600, ports[0].Metrics));
        ports[1].App.ShouldNotBeNull().ShouldBeInRange(15111, 32767);
        ports[1].Http.ShouldBeInRange(13510, 32767);
        ports[1].Grpc.ShouldBeInRange(13610, 32767);
        ports[3].App.ShouldBeNull("the app takes no calls");
        ports.SelectMany(p => new[] { p.App ?? 0, p.Http, p.Grpc, p.Metrics }).Where(p => p > 0).ShouldBeUnique();
    }
}
