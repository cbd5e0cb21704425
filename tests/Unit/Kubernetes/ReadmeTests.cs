using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tests.Unit.Kubernetes;

/// <summary>k8s/README.md tells of what there is.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Text = File.ReadAllText(RepoFiles.At("k8s", "README.md"));

    [Fact]
    public void paths_that_it_names_are_there()
    {
        var paths = Paths().Matches(Text).Select(m => m.Value.TrimEnd('/', '.')).Where(p => !p.StartsWith(".run", StringComparison.Ordinal)).Distinct().ToList();

        paths.Count.ShouldBeGreaterThan(10);
        paths.Where(p => !Path.Exists(RepoFiles.At(p))).ShouldBeEmpty();
    }

    [Fact]
    public async Task objects_that_its_commands_name_are_there()
    {
        var rendered = await Overlays.RenderAsync(Overlays.Kind);

        var named = Objects().Matches(Text).Select(m => (Kind: m.Groups["kind"].Value, Name: m.Groups["name"].Value)).ToList();

        named.Count.ShouldBeGreaterThan(3);
        named.Where(n => !rendered.Manifests.Any(m =>
            m.Name == n.Name && m.Kind.StartsWith(n.Kind is "svc" ? "Service" : n.Kind, StringComparison.OrdinalIgnoreCase))).ShouldBeEmpty();
        Text.ShouldContain($"-n {rendered.Namespace} ");
    }

    [Fact]
    public async Task images_are_named_and_tagged_as_they_are_published()
    {
        var rendered = await Overlays.RenderAsync(Overlays.Kind);
        var properties = XDocument.Load(RepoFiles.At("services", "Directory.Build.props")).Descendants().ToLookup(e => e.Name.LocalName, e => e.Value);
        var repository = properties["ContainerRepository"].Single();
        properties["ContainerImageTag"].ShouldBeEmpty("the tag would not be the SDK's own one any more");

        foreach (var app in rendered.Apps)
        {
            var image = $"{repository.Replace("$(AppId)", app.Name, StringComparison.Ordinal)}:latest";
            app.Containers.Single().Text("image").ShouldBe(image);
            app.Pod.Text("securityContext/runAsUser").ShouldBe(properties["ContainerUser"].Single());
            Text.ShouldContain(image);
        }
    }

    [GeneratedRegex(@"(?<![\w./-])(k8s|components|monitoring|docs|services|tests|\.run)/[\w./-]+")]
    private static partial Regex Paths();

    [GeneratedRegex(@"(?<=\s)(?<kind>svc|statefulset|deployment|horizontalpodautoscaler)/(?<name>[a-z-]+)")]
    private static partial Regex Objects();
}
