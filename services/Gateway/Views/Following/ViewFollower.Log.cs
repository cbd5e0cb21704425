namespace Gateway.Views.Following;

internal static partial class ViewFollowerLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The view of orders cannot follow '{Source}' and grows older; it goes on trying, and says so here once")]
    public static partial void CannotFollow(this ILogger logger, string source, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The view of orders follows '{Source}' again")]
    public static partial void FollowsAgain(this ILogger logger, string source);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "'{Source}' was put back to an earlier state; the view of orders is built anew, to lose what its owner has lost")]
    public static partial void OwnerWasRewound(this ILogger logger, string source);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Rows of editions out of use cannot be removed from the view of orders; it is tried again")]
    public static partial void CannotSweep(this ILogger logger, Exception exception);
}
