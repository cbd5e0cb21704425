namespace Tests.Unit.Sidecar.Resources;

public sealed class ComponentFileTests : IDisposable
{
    private readonly ResourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void a_component_is_read_with_all_its_values()
    {
        var component = _folder.With("pubsub.yaml", Component("""
              type: pubsub.sqlite
              version: v1
              metadata:
                - name: connectionString
                  value: broker.db
                - name: concurrency
                  value: 4
                - name: durable
                  value: true
            scopes: [orders, inventory]
            """)).Load().Components.ShouldHaveSingleItem();

        component.Name.ShouldBe("pubsub");
        component.Type.ShouldBe("pubsub.sqlite");
        component.Version.ShouldBe("v1");
        component.Metadata["CONNECTIONSTRING"].ShouldBe("broker.db");
        component.Metadata["concurrency"].ShouldBe("4");
        component.Metadata["durable"].ShouldBe("true");
        component.Scopes.ShouldBe(["orders", "inventory"]);
        component.File.ShouldEndWith("pubsub.yaml");
    }

    [Fact]
    public void files_are_read_by_name_with_all_their_documents_and_without_subdirectories()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "sub"));
        _folder.With("b.yml", Named("b1") + "\n---\n" + Named("b2") + "\n---\n").With("a.yaml", Named("a")).With(
            "c.txt", "not: [yaml")
            .With("sub/d.yaml", Named("d"));

        _folder.Load().Components.Select(c => c.Name).ShouldBe(["a", "b1", "b2"]);
    }

    [Fact]
    public void only_components_in_scope_of_the_app_are_loaded()
    {
        _folder.With("a.yaml", Named("for-all")).With("b.yaml", Named("for-billing", "scopes: [billing]"));

        _folder.Load("orders").Components.Select(c => c.Name).ShouldBe(["for-all"]);
        _folder.Load("billing").Components.Select(c => c.Name).ShouldBe(["for-all", "for-billing"]);
    }

    [Fact]
    public void two_components_of_one_name_are_refused_unless_no_app_sees_both()
    {
        _folder.With("a.yaml", Named("store", "scopes: [orders]")).With("b.yaml", Named("store", "scopes: [billing]"));
        _folder.Load("orders").Components.ShouldHaveSingleItem();

        _folder.With("c.yaml", Named("store", "scopes: [orders]"));

        var error = _folder.Error();
        error.ShouldContain("c.yaml: metadata.name: the component 'store' is already defined in");
        error.ShouldContain("a.yaml");
    }

    [Theory]
    [InlineData("kind: Component", "kind: Widget", "kind: 'Widget' is not supported", "Subscription")]
    [InlineData("kind: Component", "kind: HTTPEndpoint", "kind: 'HTTPEndpoint' is not supported", "Use one of")]
    [InlineData("kind: Component", "", "kind: is missing", "kind: Component")]
    [InlineData("apiVersion: dapr.io/v1alpha1", "apiVersion: dapr.io/v7", "apiVersion: 'dapr.io/v7' is not supported", "dapr.io/v1alpha1")]
    [InlineData("name: pubsub", "nam: pubsub", "metadata.name: is missing", "Add it")]
    [InlineData("name: pubsub", "name: 5", "metadata.name: 5 is not text", "\"5\"")]
    [InlineData("name: pubsub", "name: pubsub\n  namespace: prod", "metadata.namespace: 'prod' is not supported", "Remove it")]
    [InlineData("type: state.x", "typ: state.x", "spec.type: is missing", "Add it")]
    [InlineData("type: state.x", "type: [state.x]", "spec.type: is a list or a map", "type: value")]
    [InlineData("type: state.x", "type: state.x\n  colour: red", "spec.colour: is unknown or not supported", "metadata")]
    [InlineData("type: state.x", "type: state.x\n  version: v2", "spec.version: 'v2' is not supported", "Write v1")]
    [InlineData("type: state.x", "type: state.x\n  ignoreErrors: true", "spec.ignoreErrors: true is not supported", "Remove it")]
    [InlineData("type: state.x", "type: state.x\n  ignoreErrors: maybe", "spec.ignoreErrors: 'maybe' is not a boolean", "true or false")]
    [InlineData("type: state.x", "type: state.x\n  initTimeout: 5s", "spec.initTimeout: is not supported", "Remove it")]
    [InlineData("type: state.x", "type: state.x\n  metadata: text", "spec.metadata: is not a list", "'- '")]
    [InlineData("type: state.x", "type: state.x\n  metadata:\n    - text", "spec.metadata[0]: is not a map", "name: value")]
    [InlineData("type: state.x", "type: state.x\n  metadata:\n    - name: a", "spec.metadata[0].value: 'a' needs exactly one of", "Give one")]
    [InlineData("type: state.x", "type: state.x\n  metadata:\n    - {name: a, value: 1, envRef: B}", "spec.metadata[0].value: 'a' needs exactly one of", "Give one")]
    [InlineData("type: state.x", "type: state.x\n  metadata:\n    - {name: a, value: 1}\n    - {name: A, value: 2}", "spec.metadata[1].name: 'A' is given twice", "Keep one")]
    [InlineData("type: state.x", "type: state.x\n  metadata:\n    - {name: a, value: '{uuid}-x'}", "spec.metadata[0].value: the template {uuid} is not supported", "Write the value")]
    [InlineData("type: state.x", "type: state.x\nscopes: orders", "scopes: is not a list", "'- '")]
    [InlineData("type: state.x", "type: state.x\nversion: 1", "version: is unknown or not supported", "Remove it")]
    [InlineData("type: state.x", "type: state.x\n  type: state.y", "not valid YAML", "Correct the text")]
    [InlineData("spec:", "spec", "not valid YAML", "Correct the text")]
    public void a_mistake_is_named_with_file_field_and_remedy(string good, string bad, string problem, string remedy)
    {
        var error = _folder.With("store.yaml", Named("pubsub").Replace(good, bad, StringComparison.Ordinal)).Error();

        error.ShouldContain("store.yaml: ");
        error.ShouldContain(problem);
        error.ShouldContain(remedy);
    }

    [Fact]
    public void a_missing_directory_names_the_file_that_wants_it()
    {
        Directory.Delete(_folder.Path);
        try
        {
            _folder.Error().ShouldStartWith("dapr.yaml: common.resourcesPaths[0]: the directory '");
        }
        finally
        {
            Directory.CreateDirectory(_folder.Path);
        }
    }

    private static string Component(string spec) => $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: pubsub
        spec:
        {spec}
        """;

    private static string Named(string name, string more = "") => $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: {name}
        spec:
          type: state.x
        {more}
        """;
}
