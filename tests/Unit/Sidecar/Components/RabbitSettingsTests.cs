using Sidecar.Components.PubSubRabbitMq;
using Sidecar.Components.Settings;
using Sidecar.Resources;

namespace Tests.Unit.Sidecar.Components;

public sealed class RabbitSettingsTests
{
    [Theory]
    [InlineData("durabel", "true", "is unknown to pubsub.rabbitmq")]
    [InlineData("backOffMaxRetries", "3", "is unknown to pubsub.rabbitmq")]
    [InlineData("durable", "maybe", "'maybe' is not a boolean")]
    [InlineData("deliveryMode", "3", "'3' is not a number from 0 to 2")]
    [InlineData("prefetchCount", "256", "'256' is not a number from 0 to 255")]
    [InlineData("exchangeKind", "round", "'round' is not an exchange kind")]
    [InlineData("reconnectWaitSeconds", "soon", "'soon' is not a duration")]
    [InlineData("concurrencyMode", "double", "'double' is neither parallel nor single")]
    [InlineData("concurrency", "single", "'single' is ignored by Dapr 1.18, which reads concurrencyMode")]
    [InlineData("saslExternal", "true", "is not supported by this sidecar")]
    [InlineData("publishMessagePropertiesToMetadata", "true", "is not supported by this sidecar")]
    [InlineData("connectionString", "http://host", "is not an AMQP address")]
    [InlineData("connectionString", "amqp://me:hunter2@host:many", "is not an AMQP address")]
    [InlineData("protocol", "amqps", "'amqps' is not that of the connection string, 'amqp'")]
    public void a_wrong_value_is_refused_with_file_and_field_and_without_the_password(string name, string value, string expected)
    {
        var error = Should.Throw<ResourceException>(() => Read(("connectionString", "amqp://me:hunter2@host"), (name, value)));

        error.Message.ShouldStartWith($"pubsub.yaml: spec.metadata[{name}]: {expected}");
        error.ToString().ShouldNotContain("hunter2");
    }

    [Fact]
    public void a_certificate_that_is_none_is_refused()
    {
        var error = Should.Throw<ResourceException>(() => Read(("connectionString", "amqps://host"), ("caCert", "-----BEGIN RUBBISH-----")));

        error.Message.ShouldStartWith("pubsub.yaml: spec.metadata[caCert]: is not PEM");
    }

    [Fact]
    public void what_is_not_said_is_as_in_dapr()
    {
        var options = Read();

        options.Address.ShouldBe("localhost:5672");
        options.Factory.UserName.ShouldBe("guest");
        options.ShouldSatisfyAllConditions(
            o => o.Durable.ShouldBeTrue(), o => o.DeletedWhenUnused.ShouldBeTrue(), o => o.AutoAck.ShouldBeFalse(), o => o.Persistent.ShouldBeFalse(),
            o => o.PublisherConfirm.ShouldBeFalse(), o => o.ReconnectWait.ShouldBe(TimeSpan.FromSeconds(3)), o => o.ExchangeKind.ShouldBe("fanout"),
            o => o.Single.ShouldBeFalse(), o => o.Ttl.ShouldBeNull());
    }

    [Fact]
    public void address_and_user_can_be_given_one_by_one()
    {
        var options = Read(
            ("protocol", "amqps"), ("hostname", "broker:5673"), ("username", "me"), ("password", "hunter2"), ("reconnectWaitSeconds", "7"),
            ("ttlInSeconds", "90"), ("concurrencyMode", "single"), ("concurrency", "single"));

        options.Address.ShouldBe("broker:5673");
        options.Factory.Ssl.Enabled.ShouldBeTrue();
        options.Factory.Ssl.ServerName.ShouldBe("broker");
        (options.Factory.UserName, options.Factory.Password).ShouldBe(("me", "hunter2"));
        options.ReconnectWait.ShouldBe(TimeSpan.FromSeconds(7));
        options.Ttl.ShouldBe(TimeSpan.FromSeconds(90));
        options.Single.ShouldBeTrue();
    }

    private static RabbitOptions Read(params (string Name, string Value)[] metadata)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in metadata)
        {
            values[name] = value;
        }
        var component = new Component("pubsub", "pubsub.rabbitmq", "v1", values, [], "pubsub.yaml");
        return RabbitSettings.Read(component, new PubSubSettings(component));
    }
}
