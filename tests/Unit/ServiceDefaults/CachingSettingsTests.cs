using Consistency.Caching;
using Microsoft.Extensions.Configuration;
using ServiceDefaults.Caching;

namespace Tests.Unit.ServiceDefaults;

public sealed class CachingSettingsTests
{
    [Fact]
    public void without_a_section_there_are_defaults() => Read().ShouldBe(new CacheSettings());

    [Fact]
    public void a_value_is_read() => Read(("Cache:Staleness", "00:00:30")).Staleness.ShouldBe(TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData("Cache:Staleness", "10", "Cache:Staleness: 10.00:00:00 is not above 0 and up to 01:00:00")]
    [InlineData("Cache:StoreLimit", "00:00:00", "Cache:StoreLimit: 00:00:00 is not above 0")]
    [InlineData("Cache:Pause", "-00:00:01", "Cache:Pause: -00:00:01 is not above 0")]
    [InlineData("Cache:FailuresMax", "0", "Cache:FailuresMax: 0 is not above 0.")]
    public void a_value_out_of_bounds_is_refused(string name, string value, string problem) =>
        Should.Throw<InvalidOperationException>(() => Read((name, value))).Message.ShouldStartWith(problem);

    private static CacheSettings Read(params (string Name, string Value)[] values) => CachingRegistration.Read(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Name, (string?)v.Value))).Build());
}
