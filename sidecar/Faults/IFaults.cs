namespace Sidecar.Faults;

/// <summary>How a second delivery of the same message happens.</summary>
public enum Duplication
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>After the first has ended.</summary>
    After,

    /// <summary>While the first is running, as brokers do whose redelivery timeout passes.</summary>
    AtOnce,
}

/// <summary>What goes wrong with one delivery.</summary>
/// <param name="Drop">The message is acknowledged and never delivered: lost for good.</param>
/// <param name="Duplication">It is delivered a second time, with the same id.</param>
/// <param name="Delay">It is delivered later by this; zero for at once.</param>
/// <param name="Overtaken">While it waits, later messages of the same subject are delivered.</param>
public readonly record struct DeliveryFault(bool Drop, Duplication Duplication, TimeSpan Delay, bool Overtaken)
{
    /// <summary>True if the delivery is as it should be.</summary>
    public bool IsNone => this == default;
}

/// <summary>Decides what goes wrong. Only for tests: without the flags, nothing ever does.</summary>
public interface IFaults
{
    /// <summary>True if nothing can go wrong, so that callers need not ask for each message.</summary>
    bool AreOff { get; }

    /// <summary>True if this publish is to be answered with 500.</summary>
    bool RefusesPublish();

    /// <summary>What goes wrong with the next delivery.</summary>
    DeliveryFault NextDelivery();
}

/// <summary>Nothing goes wrong.</summary>
public sealed class NoFaults : IFaults
{
    /// <summary>The one instance.</summary>
    public static NoFaults Instance { get; } = new();

    /// <inheritdoc/>
    public bool AreOff => true;

    /// <inheritdoc/>
    public bool RefusesPublish() => false;

    /// <inheritdoc/>
    public DeliveryFault NextDelivery() => default;
}
