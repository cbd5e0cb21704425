using Sidecar.Hosting;
using Sidecar.Resources;
using YamlDotNet.RepresentationModel;

namespace Tests.Unit.Sidecar.Resources;

/// <summary>Every folder in components/ is complete, and means on a real Dapr what its comments say.</summary>
public sealed class ComponentFoldersTests
{
    private static readonly string[] Apps = ["gateway", "orders", "inventory", "invoices"];

    public static TheoryData<string> Folders() => [.. Directory.GetDirectories(Components()).Select(f => Path.GetFileName(f)!).Where(f => f != "policies")];

    public static TheoryData<string> DaprFolders() => [.. Folders().Select(row => row.Data).Where(f => f != "embedded")];

    [Theory]
    [MemberData(nameof(Folders))]
    public void a_folder_has_all_that_each_app_needs(string folder)
    {
        var byApp = Apps.ToDictionary(a => a, a => Load(folder, a));

        byApp["gateway"].ShouldContain(c => c.Name == "cache");
        byApp["orders"].ShouldContain(c => c.Name == "statestore" && c.Metadata["actorStateStore"] == "true");
        foreach (var app in Apps[1..])
        {
            byApp[app].ShouldContain(c => c.Name == "pubsub");
        }
    }

    [Theory]
    [MemberData(nameof(DaprFolders))]
    public void every_metadata_name_is_one_that_dapr_reads(string folder)
    {
        foreach (var component in Apps.SelectMany(a => Load(folder, a)))
        {
            DaprMetadataNames.ByType.Keys.ShouldContain(component.Type, component.File);
            var known = DaprMetadataNames.ByType[component.Type].Concat(DaprMetadataNames.OfTheRuntime[component.Type.Split('.')[0]]);
            component.Metadata.Keys.Except(known, StringComparer.OrdinalIgnoreCase).ShouldBeEmpty($"{component.File}: {component.Type} does not know these");
        }
    }

    [Theory]
    [MemberData(nameof(DaprFolders))]
    public void no_file_holds_a_secret(string folder)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Components(), folder), "*.yaml")
            .Where(f => Path.GetFileName(f) != "kustomization.yaml"))
        {
            var yaml = new YamlStream();
            yaml.Load(File.OpenText(file));
            foreach (var item in yaml.Documents.SelectMany(d => MetadataOf((YamlMappingNode)d.RootNode)))
            {
                if (DaprMetadataNames.Secret.Contains(item["name"].ToString()))
                {
                    item.Children.Keys.Select(k => k.ToString()).ShouldBe(["name", "secretKeyRef"], file);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void topics_are_scoped_alike_with_every_broker(string folder)
    {
        var (embedded, swapped) = (Load("embedded", "orders"), Load(folder, "orders"));
        foreach (var name in DaprMetadataNames.OfTheRuntime["pubsub"])
        {
            PubSub(swapped).Metadata.GetValueOrDefault(name).ShouldBe(PubSub(embedded).Metadata[name], name);
        }

        static Component PubSub(IEnumerable<Component> components) => components.Single(c => c.Name == "pubsub");
    }

    [Theory]
    [InlineData("kafka", "pubsub.kafka")]
    [InlineData("azure-servicebus", "pubsub.azure.servicebus.topics")]
    public void a_broker_that_the_embedded_sidecar_does_not_have_is_refused_with_those_that_it_has(string folder, string type)
    {
        var error = Should.Throw<ResourceException>(() => ComponentSet.RefuseUnknownTypes(Load(folder, "orders")));

        error.Message.ShouldContain($"{folder}/pubsub.yaml: spec.type: the embedded sidecar has no '{type}' (it has ");
        error.Message.ShouldContain("pubsub.rabbitmq");
        error.Message.ShouldEndWith("or run it with a real Dapr.");
    }

    private static IReadOnlyList<Component> Load(string folder, string app) => ResourceLoader.Load(
        [new ResourceDirectory(Path.Combine(Components(), folder), "dapr.yaml", "common.resourcesPaths")], app, static _ => "a-secret").Components;

    private static IEnumerable<YamlMappingNode> MetadataOf(YamlMappingNode document) =>
        ((YamlMappingNode)document["spec"]).Children.TryGetValue("metadata", out var list) ? ((YamlSequenceNode)list).Cast<YamlMappingNode>() : [];

    private static string Components() => RepoFiles.At("components");
}
