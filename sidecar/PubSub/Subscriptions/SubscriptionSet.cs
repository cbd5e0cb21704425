using Sidecar.Resources;

namespace Sidecar.PubSub.Subscriptions;

/// <summary>Puts together what is declared in files and what the app asks for.</summary>
internal static class SubscriptionSet
{
    /// <summary>
    /// The declared ones, then the app's own. Where both name the same component and topic, the app's takes the
    /// place of the declared one, as in Dapr; of two declared or two programmatic ones, the first holds.
    /// </summary>
    public static List<Subscription> Merge(
        IReadOnlyList<Subscription> declared, IReadOnlyList<Subscription> programmatic)
    {
        var merged = new List<Subscription>();
        foreach (var subscription in declared.Concat(programmatic))
        {
            var at = merged.FindIndex(s => s.PubsubName == subscription.PubsubName && s.Topic == subscription.Topic);
            if (at < 0)
            {
                merged.Add(subscription);
            }
            else if (merged[at].Source == SubscriptionSource.Declarative
                && subscription.Source == SubscriptionSource.Programmatic)
            {
                merged[at] = subscription;
            }
        }
        return merged;
    }
}
