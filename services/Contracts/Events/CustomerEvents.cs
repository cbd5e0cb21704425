using System.Text.Json;

namespace Contracts.Events;

/// <summary>
/// A customer profile was written. Published by the service that wrote it; <c>aggregateversion</c> is the number of writes that the state knows.
/// </summary>
/// <param name="CustomerId">Customer.</param>
/// <param name="State">The writer's whole replicated state: to be joined with one's own, whatever came before it or is missing.</param>
[EventType("customer.changed.v1", Topics.Customers)]
public sealed record CustomerChanged(string CustomerId, JsonElement State);
