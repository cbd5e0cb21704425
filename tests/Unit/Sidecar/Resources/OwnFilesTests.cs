using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Hosting;
using Sidecar.Resources;

namespace Tests.Unit.Sidecar.Resources;

/// <summary>The files in components/ that the embedded sidecar is started with.</summary>
public sealed class OwnFilesTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("own-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("orders", true)]
    [InlineData("inventory", true)]
    [InlineData("invoices", true)]
    [InlineData("gateway", false)]
    public async Task the_services_are_woken_by_sync_and_the_gateway_is_not(string app, bool isWoken)
    {
        var components = Load(app);
        await using var set = new ComponentSet(new ComponentContext(_data, TimeProvider.System, NullLoggerFactory.Instance));

        var bindings = await set.InputBindingsAsync(components, CancellationToken.None);

        bindings.Keys.ShouldBe(isWoken ? ["sync"] : []);
        ComponentSet.RefuseUnknownTypes(components);
    }

    private static IReadOnlyList<Component> Load(string app)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "dapr.yaml")))
        {
            root = Path.GetDirectoryName(root)!;
        }
        var folders = new[] { "embedded", "policies" };
        return ResourceLoader.Load(
            [.. folders.Select(f => new ResourceDirectory(Path.Combine(root, "components", f), "dapr.yaml", "common.resourcesPaths"))],
            app, static _ => null).Components;
    }
}
