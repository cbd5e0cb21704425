using Gateway.Views;
using Microsoft.Extensions.Configuration;
using ServiceDefaults.Hosting;

namespace Tests.Unit.Gateway.Views;

/// <summary>Instances that share a data directory must not share a view.</summary>
public sealed class ViewFileTests
{
    [Theory]
    [InlineData(null, "gateway")]
    [InlineData("1", "gateway")]
    [InlineData("2", "gateway-2")]
    [InlineData("gateway-7d9f6c5b4-x2x7p", "gateway-gateway-7d9f6c5b4-x2x7p")] // the name of a pod
    public void each_instance_has_a_file_of_its_own(string? instance, string expected) =>
        ViewHosting.FileOf(With(instance)).ShouldBe(expected);

    [Theory]
    [InlineData("../orders")]
    [InlineData("a b")]
    public void what_is_no_name_is_refused(string instance) =>
        Should.Throw<SettingException>(() => ViewHosting.FileOf(With(instance))).Message.ShouldStartWith("environment: APP_INSTANCE: ");

    private static IConfiguration With(string? instance) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("APP_INSTANCE", instance)]).Build();
}
