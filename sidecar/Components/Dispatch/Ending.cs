namespace Sidecar.Components.Dispatch;

/// <summary>How a message's delivery ended.</summary>
internal enum Ending
{
    /// <summary>Acknowledged.</summary>
    Done,

    /// <summary>To be given again.</summary>
    Again,

    /// <summary>The app failed it for good; see <see cref="IMessageBatch.GiveUp"/>.</summary>
    GivenUp,
}
