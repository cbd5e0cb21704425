using System.Text.Json;

namespace Contracts.Feeds;

/// <summary>A replica of a customer profile, as the feeds of Orders and of Invoices have it.</summary>
/// <param name="CustomerId">Customer.</param>
/// <param name="State">The whole replicated state, as in <see cref="Events.CustomerChanged"/>: to be joined with one's own.</param>
public sealed record CustomerState(string CustomerId, JsonElement State);
