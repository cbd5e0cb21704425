namespace Contracts;

/// <summary>One topic per owning service, one for the customers that services own together, and a dead-letter topic beside each.</summary>
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

    /// <summary>Events of customers, which several services write.</summary>
    public const string Customers = "customers";

    /// <summary>Where messages go whose delivery was given up.</summary>
    public static string DeadLetterOf(string topic) => topic + ".deadletter";
}
