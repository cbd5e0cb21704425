using Tests.Servers;
using Tests.Unit.Kubernetes.Rules;

namespace Tests.Unit.Kubernetes;

/// <summary>k8s/create-secrets.sh, run with a kubectl that only notes what it is told.</summary>
public sealed class SecretsScriptTests
{
    [Fact]
    public void every_secret_is_made_by_files_and_no_value_is_part_of_a_command()
    {
        var commands = SecretsScript.Commands(Needs.Program("bash", "bash"));

        commands.Where(c => c.StartsWith("create ", StringComparison.Ordinal)).Select(c => c.Split(' ')[3]).ShouldBe(
            ["gateway-api-token", "orders-api-token", "inventory-api-token", "invoices-api-token", "orders-app-token", "inventory-app-token",
             "invoices-app-token", "redis", "gateway-monitor-key", "gateway-keys"]);
        commands.SelectMany(c => c.Split(' ')).Where(a => a.StartsWith("--", StringComparison.Ordinal))
            .ShouldAllBe(a => a.StartsWith("--from-file=", StringComparison.Ordinal) || a == "--ignore-not-found");
    }

    [Fact]
    public void a_secret_that_is_there_stays_as_it_is() =>
        SecretsScript.Commands(Needs.Program("bash", "bash"), "redis", "gateway-keys", "orders-api-token").Select(c => c.Split(' ')[3]).ShouldBe(
            ["gateway-api-token", "inventory-api-token", "invoices-api-token", "orders-app-token", "inventory-app-token", "invoices-app-token"]);

    [Fact]
    public async Task it_makes_no_more_than_the_overlays_name()
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var overlay in Overlays.Names)
        {
            named.UnionWith(References.SecretKeys(await Overlays.RenderAsync(overlay)).Select(s => s.Key));
        }

        named.Remove("gateway-tls").ShouldBeTrue();
        SecretsScript.Made().Keys.ShouldBe(named, ignoreOrder: true);
    }
}
