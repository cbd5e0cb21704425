using Contracts.Conflicts;
using Contracts.Customers;

namespace Cli.Conflicts;

/// <summary>A conflict and the replica that met it.</summary>
internal sealed record ShownConflict(string Replica, ConflictEntry Conflict);

/// <summary>A customer as one replica reads it; null where that one has never heard of it.</summary>
internal sealed record ShownCustomer(string Replica, CustomerDetails? Customer, IReadOnlyList<ConflictEntry> History);
