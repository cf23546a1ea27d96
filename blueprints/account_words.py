"""What the pages of accounts and of the audit log say for words of the code: (Chinese, English)."""

from __future__ import annotations

from domain.permissions import Role

Words = tuple[str, str]

ROLE_WORDS: dict[Role, Words] = {
    Role.VIEWER: ("浏览", "Viewer"),
    Role.OFFICER: ("招商干部", "Officer"),
    Role.GIS_EDITOR: ("GIS 编辑", "GIS editor"),
    Role.GIS_PUBLISHER: ("GIS 发布", "GIS publisher"),
    Role.ADMIN: ("管理员", "Administrator"),
}
ROLE_MEANINGS: dict[Role, Words] = {
    Role.VIEWER: ("只看公开内容", "sees what is public"),
    Role.OFFICER: (
        "看企业产能，录入数据，看边界草稿",
        "sees capacities of firms, enters data, sees drafts of boundaries",
    ),
    Role.GIS_EDITOR: ("导入、绘制、修改边界", "brings in, draws and changes boundaries"),
    Role.GIS_PUBLISHER: ("另可发布和回退边界", "publishes boundaries and rolls them back, too"),
    Role.ADMIN: ("全部权限，并管理账号", "everything, and the accounts"),
}
DONE_WORDS: dict[str, Words] = {
    "add": ("账号已添加", "The account has been added"),
    "change": ("已更改；此账号已在各处退出登录", "Changed; the account has been logged out everywhere"),
    "password": (
        "密码已更改；此账号已在各处退出登录",
        "The password has been changed; the account has been logged out everywhere",
    ),
    "disable": ("账号已停用，并已在各处退出登录", "The account has been disabled and logged out everywhere"),
    "enable": ("账号已启用", "The account has been enabled"),
}
"""What was done, by the last word of the address it was sent to."""
ACTION_WORDS: dict[str, Words] = {
    "account add": ("添加账号", "Account added"),
    "account change": ("更改账号", "Account changed"),
    "account disable": ("停用账号", "Account disabled"),
    "account enable": ("启用账号", "Account enabled"),
    "account password": ("更改密码", "Password changed"),
    "login": ("登录", "Logged in"),
    "login failed": ("登录失败", "Log-in failed"),
    "logout": ("退出", "Logged out"),
    "refused": ("无权操作被拒", "Refused"),
    "entries import": ("导入数据表", "Sheet taken in"),
    "data load-base": ("装入基础数据", "Base dataset loaded"),
    "data load-demo": ("装入演示数据", "Demonstration dataset loaded"),
    "policies import": ("导入政策文本", "Policy text imported"),
}
"""What the log calls an action; one without an entry is shown as it is."""
