using Microsoft.Extensions.Configuration;
using ServiceDefaults.Syncing;

namespace Tests.Unit.ServiceDefaults.Syncing;

public sealed class SyncSettingsTests
{
    [Theory]
    [InlineData("Orders")]
    [InlineData("Inventory")]
    [InlineData("Invoices")]
    public void the_files_say_what_the_code_does_without_them(string service) => SyncSettings
        .Read(new ConfigurationBuilder().AddJsonFile(Path.Combine(RepoFiles.Root, "services", service, "appsettings.json")).Build())
        .ShouldBe(new SyncSettings());

    [Theory]
    [InlineData("Sync:Grace", "4", "00:00:10")]
    [InlineData("Sync:Grace", "00:00:00", "Sync:Grace")]
    [InlineData("Sync:Linger", "00:00:03", "Sync:Linger")]
    [InlineData("Sync:SessionMax", "00:02:00", "Sync:SessionMax")]
    [InlineData("Sync:BacklogMax", "-00:00:01", "Sync:BacklogMax")]
    [InlineData("Sync:PagePause", "soon", "Sync:PagePause")]
    [InlineData("Sync:Grase", "00:00:04", "'Grase'")]
    public void a_value_out_of_bounds_is_refused_by_name(string key, string value, string told) => Should.Throw<InvalidOperationException>(
        () => SyncSettings.Read(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build()))
        .Message.ShouldContain(told);
}
