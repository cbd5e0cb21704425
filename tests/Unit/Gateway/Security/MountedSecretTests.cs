using Gateway.Security;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServiceDefaults.Hosting;

namespace Tests.Unit.Gateway.Security;

/// <summary>
/// Keys in a Kubernetes secret: the file is a link to <c>..data/keys.json</c>, and <c>..data</c> a link to a folder that the kubelet replaces whole.
/// </summary>
public sealed class MountedSecretTests : IDisposable
{
    private readonly string volume = Directory.CreateTempSubdirectory("secret-").FullName;
    private readonly FakeTimeProvider time = new();

    private string KeyFile => Path.Combine(volume, "keys.json");

    public void Dispose() => Directory.Delete(volume, recursive: true);

    [Fact]
    public void a_secret_that_changes_is_read_again()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        Project("..2026_1", "a", LockedGateway.CustomerKey, DateTime.UnixEpoch);
        var ring = new KeyRing(KeyFile, time, NullLogger<KeyRing>.Instance);
        ring.Find(LockedGateway.CustomerKey).ShouldNotBeNull();

        Project("..2026_2", "b", LockedGateway.OperatorKey, DateTime.UnixEpoch.AddMinutes(1));
        time.Advance(TimeSpan.FromSeconds(2));

        ring.Find(LockedGateway.OperatorKey)!.Id.ShouldBe("b");
        ring.Find(LockedGateway.CustomerKey).ShouldBeNull();
    }

    [Fact]
    public void while_the_secret_is_away_the_keys_before_stay_good()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        Project("..2026_1", "a", LockedGateway.CustomerKey, DateTime.UnixEpoch);
        var ring = new KeyRing(KeyFile, time, NullLogger<KeyRing>.Instance);

        Directory.Delete(Path.Combine(volume, "..2026_1"), recursive: true);
        time.Advance(TimeSpan.FromSeconds(2));

        ring.Find(LockedGateway.CustomerKey).ShouldNotBeNull();
    }

    [Fact]
    public void the_file_itself_must_not_be_writable_for_others_whatever_the_links_mode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "files have no such modes there");
        Project("..2026_1", "a", LockedGateway.CustomerKey, DateTime.UnixEpoch);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(ApiKeyFile.At(KeyFile).FullName, (UnixFileMode)0b_110_110_000);
        }

        Should.Throw<SettingException>(() => ApiKeyFile.Read(KeyFile)).Message.ShouldContain("others than its owner may write it");
    }

    // As the kubelet does: a new folder, then one rename.
    private void Project(string folder, string id, string key, DateTime written)
    {
        var directory = Directory.CreateDirectory(Path.Combine(volume, folder)).FullName;
        var file = Path.Combine(directory, "keys.json");
        LockedGateway.WriteKeys(file, (id, "customer", key, null));
        if (!OperatingSystem.IsWindows())
        {
            // defaultMode 0400, and fsGroup's right to read
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        }

        File.SetLastWriteTimeUtc(file, written);
        var data = Path.Combine(volume, "..data");
        if (Path.Exists(data))
        {
            File.Delete(data);
        }

        Directory.CreateSymbolicLink(data, folder);
        if (!File.Exists(KeyFile))
        {
            File.CreateSymbolicLink(KeyFile, Path.Combine("..data", "keys.json"));
        }
    }
}
