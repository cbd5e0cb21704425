using System.Text.Json.Nodes;
using Contracts;
using Sidecar.Hosting;
using Sidecar.Invocation;
using Sidecar.PubSub.Scoping;
using Sidecar.Resources;

namespace Tests.Unit.Kubernetes;

/// <summary>The Dapr resources of an overlay are the files in components/, but for what must differ in a cluster.</summary>
public sealed class DaprResourceTests : IDisposable
{
    // What differs, by component and field. Passwords and addresses of brokers come from Secrets of the namespace.
    private static readonly Dictionary<string, string> Changed = new(StringComparer.Ordinal)
    {
        ["kind cache redisHost"] = "redis:6379",
        ["kind cache redisPassword"] = "redis/password",
        ["kind statestore redisHost"] = "redis:6379",
        ["kind statestore redisPassword"] = "redis/password",
        ["kind pubsub redisHost"] = "redis:6379",
        ["kind pubsub redisPassword"] = "redis/password",
        ["kafka cache redisHost"] = "redis:6379",
        ["kafka cache redisPassword"] = "redis/password",
        ["kafka statestore redisHost"] = "redis:6379",
        ["kafka statestore redisPassword"] = "redis/password",
        ["kafka pubsub brokers"] = "kafka/brokers",
        ["azure-servicebus cache redisHost"] = "redis:6379",
        ["azure-servicebus cache redisPassword"] = "redis/password",
        ["azure-servicebus statestore redisHost"] = "redis:6379",
        ["azure-servicebus statestore redisPassword"] = "redis/password",
        ["azure-servicebus pubsub connectionString"] = "servicebus/connection-string",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("rendered-").FullName;

    public static TheoryData<string, string> Folders => new()
    {
        { "kind", "redis" }, { "kafka", "kafka" }, { "azure-servicebus", "azure-servicebus" },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task components_differ_from_their_files_where_they_must_and_nowhere_else(string overlay, string folder)
    {
        var rendered = await Overlays.RenderAsync(overlay);
        var files = Files(folder).Where(f => f.Kind == "Component" && f.Name != "secrets").ToList();

        rendered.Of("Component").Select(c => c.Name).ShouldBe(files.Select(f => f.Name), ignoreOrder: true);
        var differing = files.SelectMany(file => Differences(overlay, file, rendered.One("Component", file.Name)));
        differing.ShouldBe(Changed.Where(c => c.Key.StartsWith($"{overlay} ", StringComparison.Ordinal)), ignoreOrder: true);
        foreach (var component in rendered.Of("Component"))
        {
            component.Node.Text("auth/secretStore").ShouldBe(component.Name == "sync" ? null : "kubernetes");
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task policies_are_those_of_the_files(string overlay, string folder)
    {
        var rendered = await Overlays.RenderAsync(overlay);
        var files = Files(folder);

        Sorted(rendered.One("Resiliency", "resiliency").At("spec"))
            .ShouldBe(Sorted(files.Single(f => f.Kind == "Resiliency").At("spec")));
        var configuration = rendered.Of("Configuration").Single();
        configuration.Name.ShouldBe("configuration");
        Sorted(WithoutWhatDiffers(configuration))
            .ShouldBe(Sorted(WithoutWhatDiffers(files.Single(f => f.ToString() == "Configuration configuration"))));
        Sorted(configuration.At("spec/accessControl")!).Replace($"\"{rendered.Namespace}\"", "\"default\"", StringComparison.Ordinal)
            .ShouldBe(Sorted(files.Single(f => f.Name == "access-control").At("spec/accessControl")!));
        var zipkin = new Uri(configuration.Node.Text("spec/tracing/zipkin/endpointAddress")!);
        rendered.One("Service", zipkin.Host).Node.All("spec/ports").Select(p => (int)p.At("port")!).ShouldContain(zipkin.Port);
    }

    [Theory]
    [InlineData("gateway", "POST", "orders", true)]
    [InlineData("gateway", "POST", "invoices/1/issue", false)]
    [InlineData("orders", "POST", "invoices/1/issue", true)]
    [InlineData("inventory", "GET", "changes", true)]
    [InlineData("zipkin", "GET", "changes", false)]
    public async Task callers_of_the_namespace_may_do_what_they_may_elsewhere_and_those_of_others_nothing(
        string caller, string verb, string method, bool expected)
    {
        var rendered = await Overlays.RenderAsync(Overlays.Kind);
        var list = new AccessControlList(ConfigurationReader.ReadFile(Write(rendered.Of("Configuration").Single())).AccessControl!);

        list.Allows(new(caller, rendered.Namespace, "public"), method, verb).ShouldBe(expected);
        list.Allows(new(caller, "default", "public"), method, verb).ShouldBeFalse();
    }

    [Theory]
    [InlineData("orders", "orders,customers")]
    [InlineData("inventory", "inventory")]
    [InlineData("invoices", "invoices,customers")]
    public async Task the_strict_readers_take_them_and_topics_have_their_owners(string app, string owned)
    {
        var rendered = await Overlays.RenderAsync(Overlays.Kind);
        foreach (var resource in rendered.Of("Component", "Resiliency", "Configuration"))
        {
            Write(resource);
        }

        // In a cluster the store is Dapr's own, which the embedded sidecar does not have; in the environment a secret is its own key.
        File.WriteAllText(
            Path.Combine(_folder, "kubernetes.yaml"),
            "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: kubernetes}\nspec: {type: secretstores.local.env, version: v1, metadata: []}\n");
        var resources = ResourceLoader.Load([new ResourceDirectory(_folder, "dapr.yaml", "common.resourcesPaths")], app, static _ => null);

        ComponentSet.RefuseUnknownTypes(resources.Components);
        var scopes = TopicScopes.Read(resources.Components.Single(c => c.Name == Topics.PubSub), app);
        string[] topics = [Topics.Orders, Topics.Inventory, Topics.Invoices, Topics.Customers];
        topics.Where(scopes.MayPublish).ShouldBe(owned.Split(','), ignoreOrder: true);
    }

    private static List<Manifest> Files(string folder) =>
        [.. new[] { folder, "policies" }.SelectMany(f => Directory.EnumerateFiles(RepoFiles.At("components", f), "*.yaml"))
            .Where(f => Path.GetFileName(f) != "kustomization.yaml").SelectMany(f => Manifest.Read(File.ReadAllText(f)))];

    private static IEnumerable<KeyValuePair<string, string>> Differences(string overlay, Manifest file, Manifest rendered)
    {
        Sorted(rendered.At("scopes")).ShouldBe(Sorted(file.At("scopes")));
        rendered.Node.Text("spec/type").ShouldBe(file.Node.Text("spec/type"));
        var (before, after) = (Values(file), Values(rendered));
        after.Keys.ShouldBe(before.Keys);
        return after.Where(a => before[a.Key] != a.Value).Select(a => KeyValuePair.Create($"{overlay} {file.Name} {a.Key}", a.Value));
    }

    private static Dictionary<string, string> Values(Manifest component) => component.Node.All("spec/metadata").ToDictionary(
        m => m.Text("name")!,
        m => m.At("secretKeyRef") is { } secret ? $"{secret.Text("name")}/{secret.Text("key")}" : m.Text("value") ?? "",
        StringComparer.Ordinal);

    // The list of who may call whom comes from a file of its own; Zipkin is at another address.
    private static JsonNode WithoutWhatDiffers(Manifest configuration)
    {
        var spec = configuration.At("spec")!.DeepClone();
        ((JsonObject)spec).Remove("accessControl");
        ((JsonObject)spec["tracing"]!["zipkin"]!).Remove("endpointAddress").ShouldBeTrue();
        return spec;
    }

    private static string Sorted(JsonNode? node) => node switch
    {
        JsonObject map =>
            $"{{{string.Join(',', map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"\"{p.Key}\":{Sorted(p.Value)}"))}}}",
        JsonArray list => $"[{string.Join(',', list.Select(Sorted))}]",
        null => "null",
        _ => node.ToJsonString(),
    };

    // The embedded sidecar runs everything in one namespace, and refuses to be told another.
    private string Write(Manifest resource)
    {
        var copy = resource.Node.DeepClone();
        ((JsonObject)copy["metadata"]!).Remove("namespace");
        foreach (var secret in copy.All("spec/metadata").Select(m => m.At("secretKeyRef")).OfType<JsonNode>())
        {
            secret["key"] = secret.Text("name");
        }

        var path = Path.Combine(_folder, $"{resource.Kind}-{resource.Name}.yaml");
        File.WriteAllText(path, copy.ToJsonString());
        return path;
    }
}
