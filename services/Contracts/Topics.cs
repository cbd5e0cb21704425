namespace Contracts;

/// <summary>One topic per owning service, and the dead-letter topic beside it.</summary>
public static class Topics
{
    /// <summary>Name of the pub/sub component, the same in every components folder.</summary>
    public const string PubSub = "pubsub";

    /// <summary>Events of Orders.</summary>
    public const string Orders = "orders";

    /// <summary>Events of Inventory.</summary>
    public const string Inventory = "inventory";

    /// <summary>Events of Invoices.</summary>
    public const string Invoices = "invoices";

    /// <summary>Where messages go whose delivery was given up.</summary>
    public static string DeadLetterOf(string topic) => topic + ".deadletter";
}
