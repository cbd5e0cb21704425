using System.Text.Json;
using Cli.Gateway;
using Contracts;
using Contracts.Customers;

namespace Cli.Demo;

/// <summary>What became of profiles that were edited in both replicas at once.</summary>
/// <param name="Edits">Edits sent.</param>
/// <param name="ConflictsResolved">Fields that both had written, until somebody decided.</param>
internal sealed record ProfileFigures(int Edits, int ConflictsResolved);

/// <summary>
/// Edits customer profiles in Orders and in Invoices at the same moment: other members of the address, which must both stand, and the same
/// e-mail address, on which somebody decides. Whoever happens to see the other's edit first overwrites it, and there is nothing to decide.
/// </summary>
internal sealed class ProfileEdits(GatewayClient gateway, Ledger ledger, TimeSpan convergence, TimeProvider time)
{
    private const int Customers = 4;
    private const string Agree = "profiles-agree";
    private const string Decided = "decided@example.com";

    private static readonly (string Replica, JsonElement Patch)[] Edits =
    [
        (AppIds.Orders, JsonElement.Parse("""{"email":"shop@example.com","shippingAddress":{"city":"Bonn"}}""")),
        (AppIds.Invoices, JsonElement.Parse("""{"email":"office@example.com","shippingAddress":{"country":"DE"}}""")),
    ];

    private static readonly PostalAddress Merged = new(City: "Bonn", Country: "DE");

    /// <summary>Edits, decides, and tells the ledger where the replicas do not agree.</summary>
    public async Task<ProfileFigures> RunAsync(string tag, CancellationToken cancellation)
    {
        var resolved = await Task.WhenAll(Enumerable.Range(0, Customers).Select(i => EditAsync($"{tag}-profile-{i}", cancellation)));
        return new ProfileFigures(Customers * Edits.Length, resolved.Count(r => r));
    }

    private async Task<bool> EditAsync(string customerId, CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(Edits.Select(edit => Retrying.SendAsync(
            () => gateway.PatchCustomerAsync(edit.Replica, customerId, edit.Patch, $"{customerId}-{edit.Replica}", cancellation), time, cancellation)));
        if (answers.Any(a => a?.Value is null))
        {
            ledger.Violated("profile-accepted", customerId, $"expected 200 twice, answered {string.Join(" and ", answers.Select(Shown))}");
            return false;
        }

        if (await AgreedAsync(customerId, _ => true, cancellation) is not { } profile)
        {
            ledger.Violated(Agree, customerId, $"edited in both replicas, which do not know the same edits {convergence.TotalSeconds:0} s later");
            return false;
        }

        if (profile.ShippingAddress != Merged)
        {
            ledger.Violated("profile-merged", customerId, $"expected the members that both have written, {Merged}, found {profile.ShippingAddress}");
        }

        return profile.Conflicts.Any(c => c.Open) && await DecideAsync(customerId, cancellation);
    }

    private async Task<bool> DecideAsync(string customerId, CancellationToken cancellation)
    {
        var decision = JsonElement.Parse($"\"{Decided}\"");
        var answer = await Retrying.SendAsync(
            () => gateway.ResolveAsync(AppIds.Orders, customerId, ProfileFields.Email, decision, $"{customerId}-decision", cancellation), time, cancellation);
        if (answer?.Value is null)
        {
            ledger.Violated("profile-accepted", customerId, $"a decision was answered {Shown(answer)}");
        }
        else if (await AgreedAsync(customerId, p => p.Email == Decided && !p.Conflicts.Any(c => c.Open), cancellation) is not null)
        {
            return true;
        }
        else
        {
            ledger.Violated(Agree, customerId, $"the decision on {ProfileFields.Email} is not in both replicas {convergence.TotalSeconds:0} s later");
        }

        return false;
    }

    /// <summary>The profile, once both replicas know the same writes and it is as expected; null if they never do.</summary>
    private async Task<CustomerDetails?> AgreedAsync(string customerId, Func<CustomerDetails, bool> isExpected, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < convergence)
        {
            var read = await Task.WhenAll(Edits.Select(edit => Retrying.SendAsync(
                () => gateway.CustomerAsync(edit.Replica, customerId, cancellation), time, cancellation)));
            if (read is [{ Value: { } one }, { Value: { } other }] && one.Version == other.Version && isExpected(one) && isExpected(other))
            {
                return one;
            }

            await Task.Delay(Limits.Poll, time, cancellation);
        }

        return null;
    }

    private static string Shown(Answer<CustomerDetails>? answer) => answer is null ? "not at all" : $"{answer.Status} {answer.Text}".TrimEnd();
}
