using Cli;
using Cli.Access;
using Gateway.Security;

namespace Tests.Unit.Cli;

public sealed class KeysTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("keys-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void the_gateway_knows_the_keys_of_a_run_by_their_hashes_only()
    {
        var secrets = RunSecrets.Create(new Uri("http://127.0.0.1:5100/"));
        var environment = secrets.Environment(directory).ToDictionary(StringComparer.Ordinal);

        var file = environment["ApiKeys__File"];
        var keys = ApiKeyFile.Read(file);

        keys.Select(k => (k.Id, k.Role)).ShouldBe([("run-operator", ApiRole.Operator), ("run-customer", ApiRole.Customer)]);
        Convert.ToHexStringLower(keys[0].Hash).ShouldBe(NewSecret.HashOf(secrets.OperatorKey));
        File.ReadAllText(file).ShouldNotContain(secrets.OperatorKey);
        environment.Values.ShouldNotContain(secrets.OperatorKey);
    }

    [Fact]
    public void keys_that_were_made_by_hand_stay_good_over_runs()
    {
        var file = RunSecrets.KeyFileIn(directory);
        new KeyFile([new KeyEntry("mine", "operator", NewSecret.HashOf("ck_mine"))]).Write(file);

        for (var run = 0; run < 2; run++)
        {
            _ = RunSecrets.Create(new Uri("http://127.0.0.1:5100/")).Environment(directory);
        }

        ApiKeyFile.Read(file).Select(k => k.Id).ShouldBe(["mine", "run-operator", "run-customer"]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"keys\":[null]}")]
    [InlineData("{")]
    public void what_is_no_list_of_keys_is_told_by_file_and_left_as_it_is(string content)
    {
        var file = Path.Combine(directory, "keys.json");
        File.WriteAllText(file, content);

        Should.Throw<CliException>(() => KeyFile.Read(file)).Message.ShouldStartWith(file);
    }

    [Fact]
    public void what_a_run_publishes_is_for_its_user_only_and_goes_with_it()
    {
        var file = Path.Combine(directory, "current.json");
        var secrets = RunSecrets.Create(new Uri("http://127.0.0.1:5100/"));
        secrets.Publish(file);

        RunSecrets.Read(file).ShouldBe(secrets);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        RunSecrets.Create(new Uri("http://127.0.0.1:5100/")).Forget(file);
        File.Exists(file).ShouldBeTrue("another run's secrets are not removed");
        secrets.Forget(file);
        File.Exists(file).ShouldBeFalse();
    }
}
