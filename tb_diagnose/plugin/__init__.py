"""The Diagnose tab of TensorBoard.

TensorBoard imports ``loader`` at every start, wherever tb-diagnose is installed: it must be light
and must not fail. What reads and judges logs is imported when the tab is first looked at.
"""
