using RabbitMQ.Client.Exceptions;
using Sidecar.Components.Settings;
using Sidecar.Resources;

namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>Builds <c>pubsub.rabbitmq</c> from its component file.</summary>
public static class RabbitPubSubFactory
{
    /// <summary>See <see cref="ComponentFactory{T}"/>.</summary>
    public static async Task<IPubSub> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var settings = new PubSubSettings(component);
        var options = RabbitSettings.Read(component, settings);
        var field = settings.Text(RabbitSettings.ConnectionString) is null ? RabbitSettings.Hostname : RabbitSettings.ConnectionString;
        try
        {
            return await RabbitPubSub.OpenAsync(options, context.Time, context.Loggers, cancellationToken);
        }
        catch (BrokerUnreachableException e) when (RabbitConnection.IsRefusal(e))
        {
            throw settings.Error(
                field, $"RabbitMQ at {options.Address} refuses the user '{options.Factory.UserName}'",
                "Correct user and password, or add the user (rabbitmqctl add_user NAME PASSWORD); 'guest' may come from the same machine only.");
        }
        catch (BrokerUnreachableException e)
        {
            throw settings.Error(
                field, $"RabbitMQ at {options.Address} cannot be reached: {RabbitConnection.Describe(e)}",
                "Start it (Debian: apt-get install rabbitmq-server; Docker: docker run -d -p 5672:5672 rabbitmq:4), or correct the address.");
        }
    }
}
