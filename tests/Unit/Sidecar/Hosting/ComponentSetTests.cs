using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Hosting;
using Tests.Unit.Sidecar.Resources;

namespace Tests.Unit.Sidecar.Hosting;

public sealed class ComponentSetTests : IDisposable
{
    private readonly ResourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task same_names_in_one_file_are_two_components_and_apps_in_scope_share_theirs()
    {
        _folder.With("pubsub.yaml", $"""
            {Document("orders, billing")}
            ---
            {Document("inventory")}
            """);
        await using var set = new ComponentSet(
            new ComponentContext(_folder.Path, TimeProvider.System, NullLoggerFactory.Instance));

        var (orders, billing, inventory) =
            (await BuildAsync(set, "orders"), await BuildAsync(set, "billing"), await BuildAsync(set, "inventory"));

        billing.ShouldBeSameAs(orders);
        inventory.ShouldNotBeSameAs(orders);
    }

    private static string Document(string scopes) => $$"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: pubsub}
        spec: {type: pubsub.in-memory}
        scopes: [{{scopes}}]
        """;

    private async Task<IPubSub> BuildAsync(ComponentSet set, string appId) =>
        (await set.PubSubsAsync(_folder.Load(appId).Components, CancellationToken.None))["pubsub"];
}
