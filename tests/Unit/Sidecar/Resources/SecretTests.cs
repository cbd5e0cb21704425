namespace Tests.Unit.Sidecar.Resources;

public sealed class SecretTests : IDisposable
{
    private readonly ResourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void env_ref_takes_an_environment_variable()
    {
        _folder.Environment["REDIS_HOST"] = "localhost:6379";

        _folder.With("a.yaml", Store("{name: redisHost, envRef: REDIS_HOST}")).Load()
            .Components[0].Metadata["redisHost"].ShouldBe("localhost:6379");
    }

    [Fact]
    public void without_a_secret_store_a_secret_is_an_environment_variable()
    {
        _folder.Environment["PASSWORD"] = "s3cret";

        _folder.With("a.yaml", Store("{name: redisPassword, secretKeyRef: {name: PASSWORD}}")).Load()
            .Components[0].Metadata["redisPassword"].ShouldBe("s3cret");
    }

    [Fact]
    public void the_env_secret_store_puts_its_prefix_before_names()
    {
        _folder.Environment["APP_PASSWORD"] = "s3cret";
        _folder.With(
            "a.yaml",
            Store(
                "{name: redisPassword, secretKeyRef: {name: PASSWORD, key: PASSWORD}}", "auth: {secretStore: secrets}"))
            .With("z.yaml", Secrets("secretstores.local.env", "{name: prefix, value: APP_}"));

        _folder.Load().Components.Single(c => c.Name == "store").Metadata["redisPassword"].ShouldBe("s3cret");
    }

    [Fact]
    public void a_variable_that_is_not_set_is_an_empty_secret_of_the_env_secret_store_as_in_dapr()
    {
        _folder.With("a.yaml", Store("{name: redisPassword, secretKeyRef: {name: PASSWORD, key: PASSWORD}}", "auth: {secretStore: secrets}"))
            .With("z.yaml", Secrets("secretstores.local.env", ""));

        _folder.Load().Components.Single(c => c.Name == "store").Metadata["redisPassword"].ShouldBeEmpty();
    }

    [Theory]
    [InlineData("false", "redis:password", "redis:password")]
    [InlineData("true", "redis", "password")]
    [InlineData("false", "plain", "plain")]
    [InlineData("false", "list:1", "list:1")]
    public void the_file_secret_store_reads_nested_secrets(string multiValued, string name, string key)
    {
        var file = Path.Combine(_folder.Path, "secrets.json");
        File.WriteAllText(file, """{"redis": {"password": "s3cret"}, "plain": "s3cret", "list": ["a", "s3cret"]}""");
        _folder.With(
            "a.yaml",
            Store(
                $"{{name: redisPassword, secretKeyRef: {{name: '{name}', key: '{key}'}}}}",
                "auth: {secretStore: secrets}"))
            .With(
                "z.yaml",
                Secrets(
                    "secretstores.local.file",
                    $"{{name: secretsFile, value: '{file}'}}, {{name: multiValued, value: '{multiValued}'}}"));

        _folder.Load().Components.Single(c => c.Name == "store").Metadata["redisPassword"].ShouldBe("s3cret");
    }

    [Theory]
    [InlineData("{name: a, envRef: NOT_SET}", "", "spec.metadata[0].envRef: the environment variable 'NOT_SET' is not set", "Set it")]
    [InlineData("{name: a, envRef: DAPR_API_TOKEN}", "", "spec.metadata[0].envRef: the environment variable 'DAPR_API_TOKEN' may not", "another name")]
    [InlineData("{name: a, secretKeyRef: {name: NOT_SET}}", "", "spec.metadata[0].secretKeyRef: the environment variable 'NOT_SET'", "Set it")]
    [InlineData("{name: a, secretKeyRef: {name: A, key: b}}", "", "spec.metadata[0].secretKeyRef: a secret from the environment has no key 'b'", "key: A")]
    [InlineData("{name: a, secretKeyRef: {key: b}}", "", "spec.metadata[0].secretKeyRef.name: is missing", "Add it")]
    [InlineData("{name: a, secretKeyRef: {name: A}}", "auth: {secretStore: vault}", "auth.secretStore: 'vault' is not a secret store", "secretstores.local.env")]
    [InlineData("{name: a, secretKeyRef: {name: A}}", "auth: {secretStor: vault}", "auth.secretStore: is missing", "Add it")]
    public void a_secret_that_is_missing_is_an_error(string item, string more, string problem, string remedy)
    {
        var error = _folder.With("a.yaml", Store(item, more)).Error();

        error.ShouldContain("a.yaml: ");
        error.ShouldContain(problem);
        error.ShouldContain(remedy);
    }

    [Fact]
    public void a_secret_that_the_secrets_file_lacks_is_an_error()
    {
        var file = Path.Combine(_folder.Path, "secrets.json");
        File.WriteAllText(file, """{"other": "x"}""");
        _folder.With("a.yaml", Store("{name: a, secretKeyRef: {name: redis}}", "auth: {secretStore: secrets}"))
            .With("z.yaml", Secrets("secretstores.local.file", $"{{name: secretsFile, value: '{file}'}}"));

        _folder.Error().ShouldContain(
            "a.yaml: spec.metadata[0].secretKeyRef: the secret 'redis', key 'redis' is not in 'secrets'");

        File.Delete(file);
        _folder.Error().ShouldContain("z.yaml: spec.metadata: secretsFile");
    }

    [Theory]
    [InlineData("secretstores.local.env", "{name: prefx, value: APP_}", "prefx", "prefix")]
    [InlineData("secretstores.local.file", "{name: secretsfiles, value: a.json}", "secretsfiles", "secretsFile, nestedSeparator, multiValued")]
    [InlineData("secretstores.local.env", "{name: prefx, envRef: A}", "prefx", "prefix")]
    public void unknown_metadata_of_a_secret_store_is_refused(string type, string item, string name, string known) =>
        _folder.With("z.yaml", Secrets(type, item)).Error().ShouldContain(
            $"z.yaml: spec.metadata.{name}: {type} has no metadata '{name}'. It has: {known}.");

    [Fact]
    public void secrets_of_components_out_of_scope_are_not_looked_up()
    {
        _folder.With("a.yaml", Store("{name: a, envRef: NOT_SET}", "scopes: [billing]"));

        _folder.Load("orders").Components.ShouldBeEmpty();
    }

    private static string Store(string item, string more = "") => $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {"{name: store}"}
        spec:
          type: state.redis
          metadata:
            - {item}
        {more}
        """;

    private static string Secrets(string type, string items) => $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {"{name: secrets}"}
        spec:
          type: {type}
          metadata: [{items}]
        """;
}
