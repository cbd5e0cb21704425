using System.Formats.Tar;
using System.Text.RegularExpressions;
using Cli.Running;
using Contracts;

namespace Tests.System.Containers;

/// <summary>
/// Goal: the images are what Kubernetes' restricted security profile asks for, hold the app and nothing secret, and their apps start.
/// Method: all apps published as docs/containers.md says, on a base image from a registry of our own; the archives read, one unpacked and run.
/// </summary>
public sealed partial class ContainerTests(PublishedImages images)
{
    private const UnixFileMode OthersRead = UnixFileMode.OtherRead;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    public static TheoryData<string, string> Apps => new()
    {
        { AppIds.Gateway, "Gateway.dll" }, { AppIds.Orders, "Orders.dll" }, { AppIds.Inventory, "Inventory.dll" }, { AppIds.Invoices, "Invoices.dll" },
    };

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task an_image_runs_its_app_as_an_unprivileged_user_on_a_port_that_needs_no_privilege(string app, string program)
    {
        var image = await images.OfAsync(app);

        var port = DaprYaml.Read(Path.Combine(RunFile.Root, "dapr.yaml")).AddressOf(app).Port;
        image.Tags.ShouldHaveSingleItem().ShouldBe($"daprconsistency/{app}:latest");
        image.Settings["User"]!.GetValue<string>().ShouldBe("1654", "a number: Kubernetes does not look names up (runAsNonRoot)");
        image.Strings("Entrypoint").Concat(image.Strings("Cmd")).ShouldBe(["dotnet", $"/app/{program}"]);
        image.Settings["WorkingDir"]!.GetValue<string>().ShouldBe("/app/");
        image.Settings["ExposedPorts"]!.AsObject().Select(p => p.Key).ShouldBe([$"{port}/tcp"]);
        image.EnvironmentOf("ASPNETCORE_HTTP_PORTS").ShouldBe($"{port}", "on all addresses: probes and the sidecar are not on this one");
        image.EnvironmentOf("DATA_DIR").ShouldBe("/data");
        image.EnvironmentOf("APP_PORT").ShouldBeNull("it would mean loopback, where no probe arrives");
        image.Settings["Labels"]!["org.opencontainers.image.title"]!.GetValue<string>().ShouldBe($"DaprConsistency {app}");
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task an_image_holds_what_its_user_can_read_and_no_secret_or_data(string app, string program)
    {
        var files = (await images.OfAsync(app)).AppFiles();

        files.Select(f => Path.GetFileName(f.Name)).ShouldContain(program);
        files.Where(f => f.EntryType == TarEntryType.RegularFile).ShouldAllBe(f => f.Mode.HasFlag(OthersRead), "whoever the user is");
        files.ShouldAllBe(f => (f.Mode & OthersWrite) == UnixFileMode.None || f.EntryType == TarEntryType.SymbolicLink, "the app cannot change itself");
        files.Select(f => f.Name).Where(name => Private().IsMatch(name)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task the_app_starts_from_its_image_as_that_user_on_a_read_only_root(string app, string program)
    {
        await using var container = await UnpackedContainer.StartAsync(await images.OfAsync(app), program);

        await Eventually.HoldsAsync(container.IsHealthyAsync, () => container.Output);
        container.Output.ShouldNotContain("fail:");
    }

    // Settings of one place (appsettings.Development.json), keys, databases, data directories.
    [GeneratedRegex(@"appsettings\.\w+\.json|(^|/)\.data(/|$)|(^|/)\.run(/|$)|keys\.json|\.key$|\.pem$|\.pfx$|\.db(-\w+)?$|secrets", RegexOptions.ExplicitCapture)]
    private static partial Regex Private();
}
